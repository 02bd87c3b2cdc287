// The system's numbers as they are now: a sample a second by server-sent events, for the whole
// console one stream, and those of the minute before, which the server has kept.
import { useEffect, useState } from "preact/hooks";
import { get } from "./api";
import { kWritten } from "./metric_names";

export interface LoadProgress {
  state: "idle" | "running" | "done" | "failed";
  sent: number;
  orders: number;
  rate: number; // asked for, orders a second
  error: string;
}

export interface Sample {
  at: number; // ms of the epoch
  // By NAMESPACE/NAME/RESOURCE; counters are totals since the program started.
  metrics: Record<string, number>;
  load: LoadProgress;
}

// A stream's first event also tells how it was before: of what has changed since, a value for each
// time.
interface FirstSample extends Sample {
  before?: { at: number[]; metrics: Record<string, number[]> };
}

function samplesBefore({ before, metrics, load }: FirstSample): Sample[] {
  return (before?.at ?? []).map((at, nth) => {
    const then = Object.entries(before?.metrics ?? {}).map(([name, row]) => [name, row[nth] ?? 0]);
    return { at, metrics: { ...metrics, ...Object.fromEntries(then) }, load };
  });
}

const kKept = 120_000; // ms: a minute, and the one before that the server may not have written down
const kRetry = 3_000; // ms
const kPatience = 6_000; // ms without a sample: the server ends a stream now and then

export class Live {
  samples: readonly Sample[] = [];
  state: "connecting" | "live" | "lost" = "connecting";
  private source: EventSource | undefined;
  private patience: ReturnType<typeof setTimeout> | undefined;
  private readonly listeners = new Set<() => void>();

  // A page that nobody sees holds no connection: a browser has six for a server, whatever the tabs.
  constructor() {
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.close();
      else this.connect();
    });
  }

  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    this.connect();
    return () => this.listeners.delete(listener);
  }

  get latest(): Sample | undefined {
    return this.samples.at(-1);
  }

  // A gauge as it is, or a counter's total.
  value(metric: string): number | undefined {
    return this.latest?.metrics[metric];
  }

  // The sample that comes next to what was so many seconds ago.
  since(seconds: number): Sample | undefined {
    const begin = (this.latest?.at ?? 0) - seconds * 1000;
    const from = (sample: Sample) => Math.abs(sample.at - begin);
    return this.samples.reduce<Sample | undefined>(
      (best, each) => (best && from(best) <= from(each) ? best : each),
      undefined,
    );
  }

  // By how much a counter has grown in the last `seconds`, or since the program was started, and
  // how many seconds that is.
  growth(metric: string, seconds: number): { by: number; seconds: number } {
    const last = this.latest;
    const first = this.since(seconds);
    if (!first || !last || first === last) return { by: 0, seconds: 0 };
    const by = (last.metrics[metric] ?? 0) - (first.metrics[metric] ?? 0);
    return { by: Math.max(0, by), seconds: (last.at - first.at) / 1000 };
  }

  // A counter's growth a second, over the last few.
  rate(metric: string, seconds = 5): number {
    const grown = this.growth(metric, seconds);
    return grown.seconds > 0 ? grown.by / grown.seconds : 0;
  }

  private connect(): void {
    if (this.source || document.hidden || this.listeners.size === 0) return;
    const source = new EventSource("/console/api/live");
    this.source = source;
    this.expect();
    source.onmessage = (message: MessageEvent<string>) => {
      this.take(JSON.parse(message.data) as FirstSample);
    };
    source.onerror = () => {
      if (source.readyState !== EventSource.CLOSED) return; // the browser connects again by itself
      this.source = undefined;
      this.connectLater();
    };
  }

  private close(): void {
    clearTimeout(this.patience);
    this.source?.close();
    this.source = undefined;
  }

  private connectLater(): void {
    setTimeout(() => this.connectAgain(), kRetry);
  }

  // A refused stream doesn't say why; a question does, and leads to the sign-in if it must. Where
  // nobody listens, as there, nobody asks.
  private connectAgain(): void {
    if (this.source || document.hidden || this.listeners.size === 0) return;
    get("system", AbortSignal.timeout(kPatience)).then(
      () => this.connect(),
      () => this.connectLater(),
    );
  }

  // A connection can be dead without having broken.
  private expect(): void {
    clearTimeout(this.patience);
    this.patience = setTimeout(() => {
      this.state = "lost";
      this.tell();
      this.close();
      this.connectAgain();
    }, kPatience);
  }

  private take(sample: FirstSample): void {
    this.state = "live";
    this.expect();
    const last = this.latest;
    // The program was started anew: what it counts begins at 0 again.
    const counted = (each: Sample) => each.metrics[kWritten] ?? 0;
    const known = last && counted(sample) < counted(last) ? [] : this.samples;
    this.samples = [...known, ...samplesBefore(sample), sample]
      .filter(({ at }) => at > sample.at - kKept)
      .sort((a, b) => a.at - b.at);
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

const live = new Live();

// Renders again with every sample while the page can be seen.
export function useLive(): Live {
  const [, setRound] = useState(0);
  useEffect(
    () => live.listen(() => !document.hidden && setRound((round) => round + 1)),
    [],
  );
  return live;
}
