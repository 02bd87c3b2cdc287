// What happened in an execution, read off its history: which states were visited, in their order,
// and how each visit went.
import type { HistoryEvent, Status } from "../aws/states";

export type Outcome = "succeeded" | "caught" | "failed" | "aborted" | "running";

export interface Attempt {
  input?: string; // what the task was given, as its Parameters made it
  begun: number; // ms of the epoch
  ended?: number;
  error?: string;
  cause?: string;
}

export interface Visit {
  id: number; // of the event that it began with
  name: string;
  type: string; // of the state
  entered: number; // ms of the epoch
  exited?: number;
  input?: string;
  output?: string;
  attempts: Attempt[];
  outcome: Outcome;
  error?: string;
  cause?: string;
}

interface Details {
  name?: string;
  input?: string;
  output?: string;
  parameters?: string;
  error?: string;
  cause?: string;
}

// "TaskFailed" has its details in "taskFailedEventDetails", "TaskStateEntered" in
// "stateEnteredEventDetails", whatever the type of the state.
function detailsOf(event: HistoryEvent): Details {
  const key = /StateEntered$/.test(event.type)
    ? "stateEntered"
    : /StateExited$/.test(event.type)
      ? "stateExited"
      : event.type.charAt(0).toLowerCase() + event.type.slice(1);
  return (event[`${key}EventDetails`] as Details | undefined) ?? {};
}

const kFailed = /(Failed|TimedOut|Aborted)$/;
const kBegun = /^(Task|LambdaFunction|Activity)Scheduled$/;

class Reader {
  readonly visits: Visit[] = [];
  private readonly events = new Map<number, HistoryEvent>();
  private readonly visitAt = new Map<number, Visit>(); // by the event that it began with

  read(event: HistoryEvent): void {
    this.events.set(event.id, event);
    const entered = /^(.*)StateEntered$/.exec(event.type);
    if (entered) return this.enter(event, entered[1] ?? "");
    const details = detailsOf(event);
    const visit = this.visitOf(event, details.name);
    if (!visit || event.type.startsWith("Execution")) return;
    const at = event.timestamp * 1000;
    if (event.type.endsWith("StateExited")) exit(visit, at, details);
    else if (kBegun.test(event.type)) begin(visit, at, details);
    else if (event.type.endsWith("Succeeded")) end(visit, at, {});
    else if (kFailed.test(event.type)) end(visit, at, details);
  }

  private enter(event: HistoryEvent, type: string): void {
    const { name = "", input } = detailsOf(event);
    const visit: Visit = {
      id: event.id,
      name,
      type,
      entered: event.timestamp * 1000,
      attempts: [],
      outcome: "running",
      ...(input !== undefined && { input }),
    };
    this.visits.push(visit);
    this.visitAt.set(event.id, visit);
  }

  // The visit that an event belongs to: back along the chain, the last one entered; of that name, if
  // one is given, since what went on within a Parallel or a Map lies between.
  private visitOf(event: HistoryEvent, name?: string): Visit | undefined {
    let at: HistoryEvent | undefined = event;
    while (at) {
      const visit = this.visitAt.get(at.id);
      if (visit && (name === undefined ? visit.exited === undefined : visit.name === name)) {
        return visit;
      }
      at = this.events.get(at.previousEventId);
    }
    return undefined;
  }
}

function exit(visit: Visit, at: number, { output }: Details): void {
  visit.exited = at;
  visit.outcome = visit.error === undefined ? "succeeded" : "caught";
  if (output !== undefined) visit.output = output;
}

function begin(visit: Visit, at: number, { parameters, input }: Details): void {
  const given = parameters ?? input;
  visit.attempts.push({ begun: at, ...(given !== undefined && { input: given }) });
  delete visit.error; // it is tried again
  delete visit.cause;
}

function end(visit: Visit, at: number, { error, cause }: Details): void {
  const attempt = visit.attempts.at(-1);
  const fault = { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) };
  if (attempt && attempt.ended === undefined) Object.assign(attempt, { ended: at, ...fault });
  Object.assign(visit, fault);
}

const kOpenAtEnd: Record<Status, Outcome> = {
  RUNNING: "running",
  SUCCEEDED: "succeeded",
  FAILED: "failed",
  TIMED_OUT: "failed",
  ABORTED: "aborted",
};

interface End {
  status: Status;
  error?: string;
  cause?: string;
}

export function visitsOf(events: readonly HistoryEvent[], { status, error, cause }: End): Visit[] {
  const reader = new Reader();
  for (const event of events) reader.read(event);
  for (const visit of reader.visits) {
    if (visit.exited === undefined) visit.outcome = kOpenAtEnd[status];
    if (visit.outcome === "failed" && visit.error === undefined) {
      Object.assign(visit, error !== undefined && { error }, cause !== undefined && { cause });
    }
  }
  return reader.visits;
}

// How a state fared that may have been visited several times: as it did the last time, unless one
// of them failed.
export function outcomesOf(visits: readonly Visit[]): Map<string, Outcome> {
  const outcomes = new Map<string, Outcome>();
  for (const { name, outcome } of visits) {
    if (outcomes.get(name) !== "failed") outcomes.set(name, outcome);
  }
  return outcomes;
}

// The ways that were taken, as "from→to".
export function waysTaken(visits: readonly Visit[], arcs: ReadonlySet<string>): Set<string> {
  const taken = new Set<string>();
  visits.forEach(({ name }, at) => {
    const from = visits.slice(0, at).findLast((before) => arcs.has(`${before.name}→${name}`));
    if (from) taken.add(`${from.name}→${name}`);
  });
  return taken;
}
