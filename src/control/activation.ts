import { type JournalRecord, otherEvent } from "../audit/event.ts";
import type { Bundle } from "../checkout/bundle.ts";
import type { RecordSink } from "../checkout/journal-recorder.ts";
import { instantText } from "../swipe/calendar.ts";
import type { Clock, Observer } from "../units.ts";

/** Tells operators and auditors which policy and reference data decide from now on. */
export interface Activation {
  announce(bundle: Bundle): Promise<void>;
}

export function activation(
  observer: Observer,
  sink: RecordSink,
  instance: string,
  clock: Clock,
): Activation {
  return {
    announce: async ({ policy, reference }) => {
      const at = Math.floor(clock.now());
      const origin = { instance, at };
      const when = instantText(at);
      const records: JournalRecord[] = [
        otherEvent(
          "policy.activated",
          { version: policy.version, hash: policy.hash, activatedAt: when },
          `policy ${policy.version}`,
          origin,
        ),
        otherEvent(
          "reference.loaded",
          {
            hash: reference.hash,
            files: [],
            loadedAt: instantText(Math.floor(reference.loadedAt)),
          },
          "reference",
          origin,
        ),
      ];
      await sink.append(records);
      observer.notice({
        kind: "bundle.active",
        labels: { policy: policy.version, policyHash: policy.hash, reference: reference.hash },
        message: `Policy ${policy.version} decides, with ${policy.rules.length} rules.`,
        level: "info",
      });
    },
  };
}
