// A flood made to order, to see the door hold.
import { useState } from "preact/hooks";
import { TextField } from "../../design/field";
import { Link } from "../../route";
import { send } from "../api";
import * as form from "../form";
import { useLive, type Live, type LoadProgress, type Sample } from "../live";
import { sentTo, waitingIn, workflow } from "../metric_names";
import { Badge, type Tone } from "../parts/badge";
import { Chart } from "../parts/chart";
import { Glyph, type GlyphName } from "../parts/glyph";
import { Panel, Tile, Trouble, View } from "../parts/pieces";
import { useSystem, type System } from "../system";
import { pathOf } from "../views";
import { useWords } from "../words";

const kLooks: Record<LoadProgress["state"], { tone: Tone; icon: GlyphName }> = {
  idle: { tone: "plain", icon: "clock" },
  running: { tone: "wait", icon: "running" },
  done: { tone: "good", icon: "check" },
  failed: { tone: "bad", icon: "alert" },
};

export default function LoadView() {
  const { words } = useWords();
  const live = useLive();
  const system = useSystem();
  const load = live.latest?.load;
  return (
    <View title={words.view.load} text={words.load.text}>
      <div class="columns">
        <Order system={system} running={load?.state === "running"} />
        <Progress load={load} live={live} system={system} />
      </div>
      <Panel title={words.load.chart}>
        <Ways live={live} system={system} />
      </Panel>
    </View>
  );
}

interface Bounds {
  least: number;
  most: number;
}

// A whole number that is typed, and why it isn't one.
function useNumber(initial: string, { least, most }: Bounds) {
  const { words, locale } = useWords();
  const [text, setText] = useState(initial);
  const value = Number(text.trim() === "" ? NaN : text);
  const fits = Number.isInteger(value) && value >= least && value <= most;
  return {
    value: fits ? value : undefined,
    field: {
      value: text,
      fault: fits
        ? undefined
        : words.load.within(form.count(least, locale), form.count(most, locale)),
      onValue: setText,
      onLeave: () => {},
      input: { inputMode: "numeric" },
    } as const,
  };
}

function Order({ system, running }: { system: System; running: boolean }) {
  const { words, locale } = useWords();
  const { orders_max: ordersMax, rate_max: rateMax } = system.load;
  const orders = useNumber("1000", { least: 1, most: ordersMax });
  const rate = useNumber("100", { least: 1, most: rateMax });
  const invalid = useNumber("0", { least: 0, most: 100 });
  const [error, setError] = useState<unknown>();

  const carryOut = (what: Promise<unknown>) => {
    setError(undefined);
    what.catch(setError);
  };
  const start = (event: Event) => {
    event.preventDefault();
    const size = { orders: orders.value, rate: rate.value, invalid_percent: invalid.value };
    if (running || Object.values(size).includes(undefined)) return;
    carryOut(send("POST", "load", size));
  };
  return (
    <Panel title={words.load.order}>
      <form onSubmit={start} noValidate>
        <TextField {...orders.field} name="orders" label={words.load.orders} />
        <TextField {...rate.field} name="rate" label={words.load.rate} />
        <TextField
          {...invalid.field}
          name="invalid"
          label={words.load.invalid}
          hint={words.load.invalidHint}
        />
        {orders.value !== undefined && rate.value !== undefined && (
          <p class="soft small-text">
            {words.load.lasts(form.duration((orders.value / rate.value) * 1000, locale))}
          </p>
        )}
        {error !== undefined && <Trouble error={error} />}
        <p class="load-actions">
          <button class="primary" type="submit" aria-disabled={running}>
            <Glyph name="play" />
            {words.load.start}
          </button>
          {running && (
            <button type="button" class="quiet" onClick={() => carryOut(send("DELETE", "load"))}>
              <Glyph name="stop" />
              {words.load.stop}
            </button>
          )}
        </p>
      </form>
    </Panel>
  );
}

// Whether an order was paid, declined or invalid: it was seen through.
const endsOf = (system: System) =>
  [workflow(system, "ExecutionsSucceeded"), workflow(system, "ExecutionsFailed")] as const;

interface ProgressProps {
  load: LoadProgress | undefined;
  live: Live;
  system: System;
}

function Progress({ load, live, system }: ProgressProps) {
  const { words, locale } = useWords();
  const state = load?.state ?? "idle";
  const waiting = system.queues.reduce(
    (sum, { name }) => sum + (live.value(waitingIn(name)) ?? 0),
    0,
  );
  const sentOf = load?.orders ? words.load.sentOf(form.count(load.orders, locale)) : undefined;
  const ends = endsOf(system);
  const per = (value: number) => form.rate(value, locale);
  const figures = [
    [words.load.sent, form.count(load?.sent ?? 0, locale), sentOf],
    [words.load.taken, per(live.rate(sentTo(system.queues[0]?.name ?? "")))],
    [words.load.finished, per(ends.reduce((sum, metric) => sum + live.rate(metric), 0))],
    [words.load.waiting, form.count(waiting, locale)],
  ] as const;
  return (
    <Panel
      title={words.load.progress}
      beside={<Badge {...kLooks[state]} text={words.load.state[state]} />}
    >
      <progress
        class="progress"
        max={Math.max(load?.orders ?? 0, 1)}
        value={load?.sent ?? 0}
        aria-label={words.load.progress}
      />
      <dl class="tiles two">
        {figures.map(([label, value, note]) => (
          <Tile key={label} label={label} value={value} note={note} />
        ))}
      </dl>
      {state === "failed" && (
        <div class="notice stop">
          <strong>{words.load.state.failed}</strong>
          <p lang="en">{load?.error}</p>
        </div>
      )}
      <p class="small-text">
        <Link to={pathOf("flow")}>{words.load.seeFlow}</Link> ·{" "}
        <Link to={pathOf("workflows")}>{words.load.seeOrders}</Link>
      </p>
    </Panel>
  );
}

const kShown = 60_000; // ms

// The last minute, second by second.
function Ways({ live, system }: { live: Live; system: System }) {
  const { words } = useWords();
  const begin = (live.latest?.at ?? 0) - kShown;
  const samples = live.samples.filter(({ at }) => at >= begin);
  const growth = (...metrics: string[]) =>
    samples.slice(1).map((sample, at) => {
      const before = samples[at];
      const seconds = before ? (sample.at - before.at) / 1000 : 0;
      const total = (each: Sample | undefined) =>
        metrics.reduce((sum, metric) => sum + (each?.metrics[metric] ?? 0), 0);
      return seconds > 0 ? Math.max(0, total(sample) - total(before)) / seconds : null;
    });
  return (
    <Chart
      title={words.load.chart}
      times={samples.slice(1).map(({ at }) => at / 1000)}
      lines={[
        { label: words.load.taken, values: growth(sentTo(system.queues[0]?.name ?? "")) },
        { label: words.load.finished, values: growth(...endsOf(system)) },
        {
          label: words.load.refused,
          values: growth(workflow(system, "ExecutionsFailed")),
          tone: "declined",
        },
      ]}
      show={form.rate}
      axis={form.compact}
      height={200}
      least={60}
      step={5}
      when={form.moment}
    />
  );
}
