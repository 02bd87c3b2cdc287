// How the whole system fares, in one word: the worst of what is known.
import { figuresOf } from "./health";
import type { Live } from "./live";
import { kDeclined, waitingIn, workflow } from "./metric_names";
import type { System } from "./system";

export interface Verdict {
  kind: "unknown" | "lost" | "stopped" | "fills" | "letters" | "failing" | "flows" | "idle";
  queues: string[]; // that are stopped or fill
  letters: number;
  failures: number; // of executions, this minute
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

export function verdictOf(system: System, live: Live): Verdict {
  const healths = system.queues.map((queue) => ({
    name: queue.name,
    health: figuresOf(live, queue).health,
  }));
  const those = (wanted: string) =>
    healths.filter(({ health }) => health === wanted).map(({ name }) => name);
  const queues: string[] = [];
  const found = { queues, letters: lettersOf(system, live), failures: failuresOf(system, live) };
  const [stopped, fills] = [those("stopped"), those("fills")];
  if (live.state === "lost") return { ...found, kind: "lost" };
  if (!live.latest) return { ...found, kind: "unknown" };
  if (stopped.length > 0) return { ...found, kind: "stopped", queues: stopped };
  if (fills.length > 0) return { ...found, kind: "fills", queues: fills };
  if (found.letters > 0) return { ...found, kind: "letters" };
  if (found.failures > 0) return { ...found, kind: "failing" };
  return { ...found, kind: those("flows").length > 0 ? "flows" : "idle" };
}
