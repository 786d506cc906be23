import { type EventOrigin, type JournalRecord, otherEvent, recordText } from "../audit/event.ts";
import type { Bundle } from "../checkout/bundle.ts";
import type { RecordSink } from "../checkout/journal-recorder.ts";
import type { LoadedFile, ReferenceBundle } from "../reference/bundle.ts";
import { listOfFile } from "../reference/files.ts";
import { instantText } from "../swipe/calendar.ts";
import type { Clock } from "../units.ts";

/** Tells auditors which policy and reference data decide from now on. */
export interface Activation {
  /**
   * Records what differs from what was announced before; at first all of it. `key` names the
   * pseudonym key: under another one the digests of all lists differ, though no list does.
   * Resolves with whether anything differed. Rejects when the record cannot be kept: then the
   * next announcement tells it.
   */
  announce(bundle: Bundle, key: string): Promise<boolean>;
}

interface Announced {
  readonly bundle: Bundle;
  readonly key: string;
}

export function activation(sink: RecordSink, instance: string, clock: Clock): Activation {
  let before: Announced | undefined;
  return {
    async announce(bundle, key) {
      const origin = { instance, at: Math.floor(clock.now()) };
      const records = [
        ...policyRecords(before?.bundle, bundle, origin),
        ...referenceRecords(before, { bundle, key }, origin),
      ];
      if (records.length > 0) await sink.append(records.map(recordText));
      before = { bundle, key };
      return records.length > 0;
    },
  };
}

function policyRecords(
  before: Bundle | undefined,
  { policy }: Bundle,
  origin: EventOrigin,
): readonly JournalRecord[] {
  const { version, hash } = policy;
  if (before?.policy.hash === hash) return [];
  const data = { version, hash, activatedAt: instantText(origin.at) };
  return [otherEvent("policy.activated", data, `policy ${version}`, origin)];
}

function referenceRecords(
  before: Announced | undefined,
  { bundle: { reference }, key }: Announced,
  origin: EventOrigin,
): readonly JournalRecord[] {
  const earlier = before?.bundle.reference;
  if (earlier?.hash === reference.hash) return [];
  const changed =
    earlier === undefined || before?.key !== key ? undefined : changedFiles(earlier, reference);
  const data = {
    hash: reference.hash,
    files: reference.files.map(({ name }) => name),
    ...(changed === undefined ? {} : { changed: changed.map(({ name }) => name) }),
    loadedAt: instantText(Math.floor(reference.loadedAt)),
  };
  const loaded = otherEvent("reference.loaded", data, "reference", origin);
  return [loaded, ...(changed ?? []).flatMap((file) => listRecord(file, origin))];
}

/** Files that say something else than before, are new, or are gone: these with no digest and no row. */
function changedFiles(before: ReferenceBundle, after: ReferenceBundle): readonly LoadedFile[] {
  const digests = new Map(before.files.map(({ name, digest }) => [name, digest]));
  const changed = after.files.filter(({ name, digest }) => digests.get(name) !== digest);
  for (const { name } of after.files) digests.delete(name);
  const gone = [...digests.keys()].map((name) => ({ name, digest: "", rows: 0 }));
  return [...changed, ...gone];
}

function listRecord({ name, digest, rows }: LoadedFile, origin: EventOrigin): JournalRecord[] {
  const list = listOfFile(name);
  if (list === undefined) return [];
  const changedAt = instantText(origin.at);
  const data = { list, version: digest, entries: rows, changedAt };
  return [otherEvent("list.changed", data, `list ${list}`, origin)];
}
