// What happened in an execution, read off its history: which states were visited, in their order,
// and how each visit went.
import { kPaymentDeclined, type HistoryEvent, type Status } from "../aws/states";

export type Outcome = "succeeded" | "caught" | "failed" | "declined" | "aborted" | "running";

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
  within?: Visit | undefined; // the Parallel or Map that it is a part of
  broken?: boolean; // a Parallel or Map: a part of it has failed
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

const kBegun = /^(Task|LambdaFunction|Activity)Scheduled$/;
const kBroken = /^(Parallel|Map)StateFailed$/;
const kEnded = /(Succeeded|Failed|TimedOut)$/;

const isOpen = ({ outcome }: Visit): boolean => outcome === "running";
const holdsOthers = ({ type }: Visit): boolean => type === "Parallel" || type === "Map";

class Reader {
  readonly visits: Visit[] = [];
  private lastRun: Omit<Attempt, "begun"> = {}; // of the execution, how it ended
  private readonly events = new Map<number, HistoryEvent>();
  private readonly visitAt = new Map<number, Visit>(); // by the event that it began with

  read(event: HistoryEvent): void {
    this.events.set(event.id, event);
    const entered = /^(.*)StateEntered$/.exec(event.type);
    if (entered) return this.enter(event, entered[1] ?? "");
    if (event.type === "ExecutionRedriven") return this.reopen(event.timestamp * 1000);
    if (event.type.startsWith("Execution")) return this.endRun(event);
    if (kBroken.test(event.type)) return this.breakOff(event);
    if (event.type === "MapIterationFailed") return this.cut(this.openVisit(event), "failed");
    return this.tell(event);
  }

  private enter(event: HistoryEvent, type: string): void {
    const { name = "", input } = detailsOf(event);
    const within = this.back(event, (visit) => isOpen(visit) && holdsOthers(visit));
    if (within) within.broken = false; // it is tried again
    const visit: Visit = {
      id: event.id,
      name,
      type,
      entered: event.timestamp * 1000,
      attempts: [],
      outcome: "running",
      within,
      ...(input !== undefined && { input }),
    };
    this.visits.push(visit);
    this.visitAt.set(event.id, visit);
  }

  private tell(event: HistoryEvent): void {
    const details = detailsOf(event);
    const at = event.timestamp * 1000;
    if (event.type.endsWith("StateExited")) {
      const visit = this.back(event, ({ name }) => name === details.name);
      if (visit) this.exit(visit, at, details);
      return;
    }
    const visit = this.openVisit(event);
    if (!visit || event.type.startsWith("Map")) return;
    if (kBegun.test(event.type)) begin(visit, at, details);
    else if (event.type.endsWith("Succeeded")) end(visit, at, {});
    else if (kEnded.test(event.type)) end(visit, at, details);
  }

  private exit(visit: Visit, at: number, { output }: Details): void {
    for (const each of this.visits) if (each.within === visit) this.cut(each, "aborted");
    visit.exited = at;
    visit.outcome = visit.error === undefined && !visit.broken ? "succeeded" : "caught";
    if (output !== undefined) visit.output = output;
  }

  // A part of a Parallel or a Map has failed, and with it the others are aborted.
  private breakOff(event: HistoryEvent): void {
    const broken = this.back(event, (visit) => isOpen(visit) && holdsOthers(visit) && !visit.broken);
    if (!broken) return;
    const failed = this.openVisit(event);
    if (failed !== broken) this.cut(failed, "failed");
    broken.broken = true;
    for (const each of this.visits) if (each.within === broken) this.cut(each, "aborted");
  }

  // Ends a visit that its state never exited from, and what went on within it.
  private cut(visit: Visit | undefined, outcome: "failed" | "aborted"): void {
    if (!visit || !isOpen(visit)) return;
    const failed = visit.error !== undefined || visit.broken;
    visit.outcome = failed ? "failed" : outcome;
    for (const each of this.visits) if (each.within === visit) this.cut(each, "aborted");
  }

  // A state that does no task is tried once a run, which a redrive shows.
  private endRun(event: HistoryEvent): void {
    if (!kEnded.test(event.type)) return;
    this.lastRun = { ended: event.timestamp * 1000, ...faultOf(detailsOf(event)) };
    for (const { attempts } of this.visits.filter(isOpen)) {
      const attempt = attempts.at(-1);
      if (attempt && attempt.ended === undefined) Object.assign(attempt, this.lastRun);
    }
  }

  // What had failed goes on, as far as what it is a part of does.
  private reopen(at: number): void {
    for (const visit of this.visits) {
      if (visit.exited !== undefined || (visit.within && !isOpen(visit.within))) continue;
      visit.outcome = "running";
      if (visit.type !== "Fail") continue;
      if (visit.attempts.length === 0) visit.attempts.push({ begun: visit.entered, ...this.lastRun });
      visit.attempts.push({ begun: at });
    }
  }

  // The last one entered of those that are open.
  private openVisit(event: HistoryEvent): Visit | undefined {
    return this.back(event, isOpen);
  }

  // The first that is like that, back along the chain of events.
  private back(event: HistoryEvent, like: (visit: Visit) => boolean): Visit | undefined {
    for (let at: HistoryEvent | undefined = event; at; at = this.events.get(at.previousEventId)) {
      const visit = this.visitAt.get(at.id);
      if (visit && like(visit)) return visit;
    }
    return undefined;
  }
}

function begin(visit: Visit, at: number, { parameters, input }: Details): void {
  const given = parameters ?? input;
  visit.attempts.push({ begun: at, ...(given !== undefined && { input: given }) });
  delete visit.error; // it is tried again
  delete visit.cause;
}

const faultOf = ({ error, cause }: Details) => ({
  ...(error !== undefined && { error }),
  ...(cause !== undefined && { cause }),
});

function end(visit: Visit, at: number, details: Details): void {
  const attempt = visit.attempts.at(-1);
  const fault = faultOf(details);
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
  for (const visit of reader.visits.filter(isOpen)) {
    visit.outcome = kOpenAtEnd[status];
    if (visit.outcome === "failed" && visit.error === undefined) {
      Object.assign(visit, error !== undefined && { error }, cause !== undefined && { cause });
    }
    if (visit.outcome === "failed" && visit.error === kPaymentDeclined) visit.outcome = "declined";
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
