import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RESULTS_FOLDER } from "../measure/results.ts";
import { type Curve, curveSvg } from "../report/curve.ts";

const FILE = join(RESULTS_FOLDER, "curves.json");

/** Puts a curve into load/results/curves.json, in the place of an older one of its name, and draws it. */
export function storeCurve(measured: Curve, order: readonly string[]): string {
  mkdirSync(RESULTS_FOLDER, { recursive: true });
  const all = new Map([...readCurves(), measured].map((curve) => [curve.name, curve]));
  const curves = order.flatMap((name) => all.get(name) ?? []);
  writeFileSync(FILE, `${JSON.stringify(curves, fourFigures, 2)}\n`);
  drawCurve(measured);
  return FILE;
}

export function drawCurve(curve: Curve): void {
  writeFileSync(join(RESULTS_FOLDER, `curve-${curve.name}.svg`), curveSvg(curve));
}

function readCurves(): readonly Curve[] {
  return existsSync(FILE) ? JSON.parse(readFileSync(FILE, "utf8")) : [];
}

function fourFigures(_: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isInteger(value)
    ? Number(value.toPrecision(4))
    : value;
}
