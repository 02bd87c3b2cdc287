// How the whole system fares: all that is known to be amiss, the worst first.
import { figuresOf } from "./health";
import type { Live } from "./live";
import { kDeclined, waitingIn, workflow } from "./metric_names";
import type { System } from "./system";

export interface Verdict {
  kind: "unknown" | "lost" | "stopped" | "fills" | "letters" | "failing" | "flows" | "idle";
  queues: string[]; // that are stopped or fill
  count: number; // of letters, or of executions that failed this minute
}

const kMinute = 60; // seconds
export const kNotified = 10; // seconds at most from a declined payment to its execution's end

// Executions that failed this minute. One whose payment was declined has done what it is for.
export function failuresOf(system: System, live: Live): number {
  const failed = live.growth(workflow(system, "ExecutionsFailed"), kMinute).by;
  const declined = live.growth(kDeclined, kMinute + kNotified).by;
  return Math.max(0, failed - declined);
}

export const lettersOf = (system: System, live: Live): number =>
  system.queues.reduce(
    (total, { dead_letter_name: name }) => total + (live.value(waitingIn(name)) ?? 0),
    0,
  );

const verdict = (kind: Verdict["kind"], rest: Partial<Verdict> = {}): Verdict => ({
  kind,
  queues: [],
  count: 0,
  ...rest,
});

// At least one. That all is well is said alone.
export function verdictsOf(system: System, live: Live): Verdict[] {
  if (live.state === "lost") return [verdict("lost")];
  if (!live.latest) return [verdict("unknown")];
  const healths = system.queues.map((queue) => ({
    name: queue.name,
    health: figuresOf(live, queue).health,
  }));
  const those = (wanted: string) =>
    healths.filter(({ health }) => health === wanted).map(({ name }) => name);
  const amiss = [
    verdict("stopped", { queues: those("stopped") }),
    verdict("fills", { queues: those("fills") }),
    verdict("letters", { count: lettersOf(system, live) }),
    verdict("failing", { count: failuresOf(system, live) }),
  ].filter(({ queues, count }) => queues.length > 0 || count > 0);
  if (amiss.length > 0) return amiss;
  return [verdict(those("flows").length > 0 ? "flows" : "idle")];
}
