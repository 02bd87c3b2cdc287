// The whole system at a glance.
import { Link } from "../../route";
import type { ConsoleWords } from "../../words/console_en";
import {
  arrowsOf,
  kGlyphs,
  kNarrowMap,
  kWideMap,
  partsOf,
  routeOf,
  type Arrow,
  type Box,
  type Map,
  type Part,
} from "../flow_map";
import { listFunctions } from "../aws/lambda";
import * as form from "../form";
import { figuresOf, type Health, type QueueFigures } from "../health";
import { useLive, type Live } from "../live";
import { errorsOf, workflow } from "../metric_names";
import { Badge, type Tone } from "../parts/badge";
import { fitted, Tip } from "../parts/drawing";
import { glyphPath, type GlyphName } from "../parts/glyph";
import { Panel, View, Wide } from "../parts/pieces";
import { useRoom } from "../parts/room";
import { VerdictLine } from "../parts/verdict";
import { nameIn, queueOf, useSystem, type System } from "../system";
import { useLoaded } from "../use_loaded";
import { failuresOf } from "../verdict";
import { pathOf } from "../views";
import { useWords } from "../words";

const kLooks: Record<Health, { tone: Tone; icon: GlyphName }> = {
  flows: { tone: "good", icon: "check" },
  idle: { tone: "plain", icon: "clock" },
  fills: { tone: "wait", icon: "up" },
  stopped: { tone: "bad", icon: "alert" },
};

// "12/s", or by the minute what is rarer.
function perTime(rate: number, locale: string): string {
  const [value, unit] = rate >= 1 || rate === 0 ? [rate, "s"] : [rate * 60, "min"];
  const text = value < 10 ? form.rate(value, locale) : form.compact(Math.round(value), locale);
  return `${text}/${unit}`;
}

export default function Flow() {
  const system = useSystem();
  const live = useLive();
  const { words } = useWords();
  const map = useRoom() ? kWideMap : kNarrowMap;
  const functions = useLoaded(listFunctions, []);
  const names = new Set(functions.value?.map(({ FunctionName }) => FunctionName));
  return (
    <View title={words.view.flow} text={words.flow.text}>
      <VerdictLine />
      <Panel title={words.flow.picture} class="flow-panel">
        <Picture map={map} system={system} live={live} functions={names} />
      </Panel>
      <Panel title={words.flow.figures}>
        <Figures system={system} live={live} />
      </Panel>
    </View>
  );
}

interface PictureProps {
  map: Map;
  system: System;
  live: Live;
  functions: ReadonlySet<string>; // that Lambda knows
}

function Picture({ map, system, live, functions }: PictureProps) {
  const { words } = useWords();
  return (
    <svg
      class="flow"
      role="group"
      viewBox={`0 0 ${map.width} ${map.height}`}
      aria-label={words.flow.picture}
    >
      <defs>
        <Tip id="tip" class="arrow-tip" />
      </defs>
      {arrowsOf(system).map((arrow) => (
        <ArrowLine key={arrow.from + arrow.to} arrow={arrow} map={map} live={live} />
      ))}
      {partsOf(system).map((part) => (
        <PartBox
          key={part.id}
          part={part}
          box={map.boxes[part.id]}
          state={stateOf(part, { system, live, functions }, words)}
        />
      ))}
    </svg>
  );
}

// By steps, so that the animation doesn't start again with every change of the rate.
function paceOf(rate: number): string {
  if (rate <= 0) return "still";
  return rate < 2 ? "slow" : rate < 50 ? "steady" : "fast";
}

function ArrowLine({ arrow, map, live }: { arrow: Arrow; map: Map; live: Live }) {
  const { locale } = useWords();
  const { path, label } = routeOf(map.boxes[arrow.from], map.boxes[arrow.to]);
  const rate = arrow.metric === undefined ? 0 : live.rate(arrow.metric);
  return (
    <g class={`arrow ${arrow.rest ? "rest" : paceOf(rate)}`} aria-hidden="true">
      <path class="arrow-line" d={path} marker-end="url(#tip)" />
      {rate > 0 && <path class="arrow-flow" d={path} />}
      {arrow.metric && (
        <text x={label.x} y={label.y} text-anchor={label.anchor}>
          {rate > 0 ? perTime(rate, locale) : ""}
        </text>
      )}
    </g>
  );
}

interface PartState {
  text: (locale: string) => string;
  tone: Tone;
  icon: GlyphName | undefined;
  to: string;
}

type Known = Omit<PictureProps, "map">;

function stateOf(part: Part, known: Known, words: ConsoleWords): PartState {
  const { system, live } = known;
  const plain = (text: PartState["text"], to: string): PartState => ({
    text,
    to,
    tone: "plain",
    icon: undefined,
  });
  const { flow } = words;
  switch (part.kind) {
    case "queue":
      return queueState(part, live, words);
    case "deadLetters": {
      const letters = part.queue ? figuresOf(live, part.queue).deadLetters : 0;
      return {
        text: (locale) => flow.letters(letters, form.count(letters, locale)),
        tone: letters > 0 ? "bad" : "plain",
        icon: letters > 0 ? "alert" : undefined,
        to: pathOf("deadLetters", part.queue?.role ?? ""),
      };
    }
    case "workflow": {
      const failed = failuresOf(system, live);
      const orders = queueOf(system, "orders");
      if (orders && figuresOf(live, orders).health === "stopped") {
        return {
          text: () => flow.short.stopped,
          tone: "bad",
          icon: "alert",
          to: pathOf("queues", orders.name),
        };
      }
      return {
        ...plain((locale) => flow.failed(failed, form.count(failed, locale)), pathOf("workflows")),
        ...(failed > 0 && { tone: "wait" as const, icon: "alert" as const }),
      };
    }
    case "function":
      return functionState(part, known, words);
    case "bucket":
      return plain(() => flow.kept, pathOf("buckets", part.name, ""));
    case "topic":
      return plain(() => flow.toTwo, pathOf("queues"));
    case "database":
      return plain(() => flow.books, pathOf("sales"));
    case "shop":
      return plain(() => flow.shop, pathOf("load"));
  }
}

function queueState(part: Part, live: Live, { flow }: ConsoleWords): PartState {
  const figures = part.queue && figuresOf(live, part.queue);
  const health = figures?.health ?? "idle";
  const waiting = figures?.visible ?? 0;
  const troubled = health === "fills" || health === "stopped";
  return {
    text: (locale) =>
      troubled
        ? `${form.compact(waiting, locale)} · ${flow.short[health]}`
        : flow.waiting(waiting, form.count(waiting, locale)),
    tone: troubled ? kLooks[health].tone : "plain",
    icon: troubled ? kLooks[health].icon : undefined,
    to: pathOf("queues", part.name),
  };
}

// A consumer that isn't Lambda's is to be seen by its queue.
function functionState(part: Part, { live, functions }: Known, { flow }: ConsoleWords): PartState {
  const stopped = part.queue && figuresOf(live, part.queue).health === "stopped";
  const errors = live.growth(errorsOf(part.name), 60).by;
  const to = functions.has(part.name)
    ? pathOf("functions", part.name)
    : pathOf("queues", part.queue?.name ?? "");
  if (stopped) return { text: () => flow.short.stopped, tone: "bad", icon: "alert", to };
  return {
    text: (locale) => flow.errors(errors, form.count(errors, locale)),
    tone: errors > 0 ? "wait" : "plain",
    icon: errors > 0 ? "alert" : undefined,
    to,
  };
}

function PartBox({ part, box, state }: { part: Part; box: Box; state: PartState }) {
  const { words, locale } = useWords();
  const { x, y, width, height } = box;
  const text = state.text(locale);
  const kind = words.flow.kind[part.kind];
  const name = fitted(part.name, width - 24);
  const whole = name === part.name ? "" : `, ${part.name}`;
  return (
    <Link class={`part ${state.tone}`} to={state.to} label={`${kind} ${name} ${text}${whole}`}>
      <rect x={x} y={y} width={width} height={height} rx="12" />
      <path
        class="part-glyph"
        d={glyphPath(kGlyphs[part.kind])}
        transform={`translate(${x + 11} ${y + 9}) scale(0.75)`}
      />
      <text class="part-kind" x={x + 36} y={y + 23}>
        {kind}
      </text>{" "}
      <text class="part-name" x={x + 12} y={y + 47}>
        {name}
      </text>{" "}
      {state.icon && (
        <path
          class="part-sign"
          d={glyphPath(state.icon)}
          transform={`translate(${x + 11} ${y + 58}) scale(0.68)`}
        />
      )}
      <text class="part-state" x={x + (state.icon ? 32 : 12)} y={y + 71}>
        {text}
      </text>
    </Link>
  );
}

function Figures({ system, live }: { system: System; live: Live }) {
  const { words, locale } = useWords();
  const { flow } = words;
  const headings = [flow.queue, flow.in, flow.out, flow.waits, flow.inFlight, flow.oldest];
  return (
    <Wide label={flow.figures}>
      <table class="table">
        <thead>
          <tr>
            {headings.map((heading, at) => (
              <th key={heading} scope="col" class={at > 0 ? "figure" : ""}>
                {heading}
              </th>
            ))}
            <th scope="col" class="figure">
              {words.view.deadLetters}
            </th>
            <th scope="col">{flow.state}</th>
          </tr>
        </thead>
        <tbody>
          {system.queues.map((queue) => (
            <FigureRow key={queue.name} name={queue.name} figures={figuresOf(live, queue)} />
          ))}
        </tbody>
      </table>
      <p class="soft small-text">
        {flow.executions(
          nameIn(system.state_machine_arn),
          perTime(live.rate(workflow(system, "ExecutionsStarted")), locale),
        )}
      </p>
    </Wide>
  );
}

function FigureRow({ name, figures }: { name: string; figures: QueueFigures }) {
  const { words, locale } = useWords();
  const { visible, inFlight, oldest, sentRate, receivedRate, deadLetters, health } = figures;
  const cells = [
    perTime(sentRate, locale),
    perTime(receivedRate, locale),
    form.count(visible, locale),
    form.count(inFlight, locale),
    visible > 0 ? form.duration(oldest * 1000, locale) : "–",
    form.count(deadLetters, locale),
  ];
  return (
    <tr>
      <th scope="row" class="fixed">
        <Link to={pathOf("queues", name)}>{name}</Link>
      </th>
      {cells.map((cell, at) => (
        <td key={at} class="figure">
          {cell}
        </td>
      ))}
      <td>
        <Badge {...kLooks[health]} text={words.flow.health[health]} />
      </td>
    </tr>
  );
}
