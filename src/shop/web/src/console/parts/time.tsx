// A point in time, in the reader's own, and the whole of it, also in UTC, for whoever points at it.
import * as form from "../form";
import { useLive } from "../live";
import { useWords } from "../words";

interface TimeProps {
  at: number | string; // ms of the epoch, or as ISO 8601 has it
  look?: "list" | "precise" | "full"; // short, with milliseconds, or with its date
}

export function Time({ at, look = "list" }: TimeProps) {
  const { locale } = useWords();
  const time = new Date(at);
  if (Number.isNaN(time.getTime())) return <>{at}</>;
  const write = { list: form.listed, precise: form.instant, full: form.moment }[look];
  return (
    <time dateTime={time.toISOString()} title={form.inFull(time, locale)}>
      {write(time.getTime(), locale)}
    </time>
  );
}

// With how long ago that was, which grows while it is read.
export function TimeAgo({ at }: { at: number | string }) {
  const { locale } = useWords();
  const now = useLive().latest?.at ?? Date.now();
  return (
    <>
      <Time at={at} look="full" />
      {" · "}
      {form.ago(now - new Date(at).getTime(), locale)}
    </>
  );
}
