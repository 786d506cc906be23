import { type Clock, type EpochMs, MINUTE, type Notice } from "../units.ts";

/**
 * What each level means:
 * - error: somebody must act now; none in a healthy system (a record lost, a start refused, an unforeseen failure).
 * - warn: somebody must look today (a degraded store, a list past its age, the key kept on this machine).
 * - info: the life of the process: start, stop, a new policy. A few lines an hour.
 * - debug: one line a request; off in production.
 */
export interface NoticeLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Lines one kind may write a minute: a store that flaps a thousand times a second must not fill the disk. */
export const LINES_PER_KIND_PER_MINUTE = 30;
/** Kinds are words of the code; a bound against one that is built from data. */
const KINDS_MAX = 500;

interface Minute {
  since: EpochMs;
  written: number;
}

export function createNoticeLog(
  log: NoticeLog,
  clock: Clock,
  onSuppressed: () => void,
): (notice: Notice) => void {
  const minutes = new Map<string, Minute>();
  const mayWrite = (kind: string): boolean => {
    const now = clock.now();
    let minute = minutes.get(kind);
    if (minute === undefined || Math.abs(now - minute.since) >= MINUTE) {
      if (minute === undefined && minutes.size >= KINDS_MAX) return false;
      minute = { since: now, written: 0 };
      minutes.set(kind, minute);
    }
    minute.written += 1;
    return minute.written <= LINES_PER_KIND_PER_MINUTE;
  };
  return (notice) => {
    if (!mayWrite(notice.kind)) {
      onSuppressed();
      return;
    }
    const fields = { kind: notice.kind, ...notice.labels, ...valueField(notice) };
    log[notice.level ?? "info"](fields, notice.message ?? notice.kind);
  };
}

function valueField(notice: Notice): { value?: number } {
  return notice.value === undefined ? {} : { value: notice.value };
}
