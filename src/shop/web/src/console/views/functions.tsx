// Functions: how they fare, what they are, what they say, and a call by hand.
import { useEffect, useRef, useState } from "preact/hooks";
import { Link } from "../../route";
import { get } from "../api";
import {
  configurationOf,
  invoke,
  listFunctions,
  type FunctionConfiguration,
  type Invocation,
} from "../aws/lambda";
import * as form from "../form";
import { useLive } from "../live";
import { callsOf, durationOf, errorsOf } from "../metric_names";
import { hourly, kRanges, lastOf, paced, reachOf, series, sinceBegun, sum, type Series } from "../metrics";
import { Badge } from "../parts/badge";
import { Chart } from "../parts/chart";
import { Json } from "../parts/json";
import { Await, Empty, Facts, Panel, Trouble, View, Wide } from "../parts/pieces";
import { RangeChoice, useRange } from "../parts/range_choice";
import { Time, TimeAgo } from "../parts/time";
import { useToasts } from "../parts/undo";
import { useSystem } from "../system";
import { useLoaded } from "../use_loaded";
import { pathOf, type ViewProps } from "../views";
import { useWords } from "../words";
import { exampleFor, hasExample, isRepeatable, kDoes, lastEventFor } from "./function_events";

export default function Functions({ rest: [name] }: ViewProps) {
  return name ? <Function key={name} name={name} /> : <FunctionList />;
}

const kRefresh = 30_000; // ms

interface Numbers {
  hour: Series;
  times: Series;
}

async function numbersOf(names: readonly string[], signal: AbortSignal): Promise<Numbers> {
  const counted = names.flatMap((name) => [callsOf(name), errorsOf(name)]);
  const timed = names.flatMap((name) => ["Average", "p99"].map((each) => `${durationOf(name)}/${each}`));
  const [hour, times] = await Promise.all([
    series(
      counted.map((metric) => `${metric}/Sum`),
      kRanges.hour,
      signal,
    ),
    hourly(timed, signal),
  ]);
  return { hour, times };
}

function FunctionList() {
  const { words } = useWords();
  const functions = useLoaded(listFunctions, []);
  return (
    <View title={words.view.functions} text={words.lambda.text}>
      <Panel title={words.lambda.all}>
        <Await loaded={functions}>{(all) => <FunctionTable all={all} />}</Await>
      </Panel>
    </View>
  );
}

function FunctionTable({ all }: { all: FunctionConfiguration[] }) {
  const { words, locale } = useWords();
  const names = all.map(({ FunctionName }) => FunctionName);
  const numbers = useLoaded(
    (signal) => numbersOf(names, signal),
    [names.join("\n")],
    kRefresh,
  );
  const { hour, times } = numbers.value ?? {};
  const live = useLive();
  const { lambda } = words;
  if (all.length === 0) return <Empty>{lambda.none}</Empty>;
  const duration = (value: number | undefined) =>
    value === undefined ? "–" : form.duration(value, locale);
  return (
    <Wide label={words.view.functions}>
      {numbers.error !== undefined && <Trouble error={numbers.error} />}
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{lambda.name}</th>
            <th scope="col" class="figure">
              {lambda.errors}
            </th>
            <th scope="col" class="figure">
              {lambda.callsHour}
            </th>
            <th scope="col" class="figure">
              p99
            </th>
            <th scope="col" class="figure">
              {lambda.mean}
            </th>
            <th scope="col" class="figure">
              {lambda.perSecond}
            </th>
            <th scope="col">{lambda.runtime}</th>
          </tr>
        </thead>
        <tbody>
          {all.map(({ FunctionName: name, Runtime, PackageType }) => {
            const inHour = (metric: string) => {
              const values = hour?.values[`${metric}/Sum`];
              return values && sum(values);
            };
            const [calls, failed] = [inHour(callsOf(name)), inHour(errorsOf(name))];
            return (
              <tr key={name}>
                <th scope="row" class="long">
                  <Link to={pathOf("functions", name)}>{name}</Link>
                </th>
                <td class="figure">
                  {failed ? (
                    <Badge tone="bad" icon="alert" text={form.count(failed, locale)} />
                  ) : (
                    (failed?.toLocaleString(locale) ?? "–")
                  )}
                </td>
                <td class="figure">{calls === undefined ? "–" : form.count(calls, locale)}</td>
                <td class="figure fixed">{duration(lastOf(times?.values[`${durationOf(name)}/p99`]))}</td>
                <td class="figure fixed">
                  {duration(lastOf(times?.values[`${durationOf(name)}/Average`]))}
                </td>
                <td class="figure">{form.rate(live.rate(callsOf(name)), locale)}</td>
                <td>{Runtime ?? PackageType ?? "–"}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Wide>
  );
}

function Function({ name }: { name: string }) {
  const { words } = useWords();
  const configuration = useLoaded((signal) => configurationOf(name, signal), []);
  return (
    <View
      title={name}
      eyebrow={<Link to={pathOf("functions")}>{words.view.functions}</Link>}
      text={configuration.value?.Description}
    >
      <Await loaded={configuration}>
        {(value) => (
          <>
            <Charts name={name} />
            <div class="columns">
              <Test name={name} />
              <Panel title={words.lambda.configuration}>
                <Configuration value={value} />
              </Panel>
            </div>
            <Log name={name} />
          </>
        )}
      </Await>
    </View>
  );
}

function Configuration({ value }: { value: FunctionConfiguration }) {
  const { locale } = useWords();
  const { Environment, ...facts } = value;
  return (
    <>
      <Facts
        rows={[
          ["FunctionArn", facts.FunctionArn],
          ["State", facts.State],
          ["Runtime", facts.Runtime],
          ["Handler", facts.Handler],
          ["PackageType", facts.PackageType],
          ["Timeout", facts.Timeout !== undefined && form.duration(facts.Timeout * 1000, locale)],
          ["MemorySize", facts.MemorySize !== undefined && `${facts.MemorySize} MB`],
          ["CodeSize", !!facts.CodeSize && form.bytes(facts.CodeSize, locale)],
          ["Role", facts.Role],
          ["LastModified", facts.LastModified && <TimeAgo at={facts.LastModified} />],
        ]}
      />
      {Environment?.Variables && (
        <>
          <h3>Environment</h3>
          <Json text={JSON.stringify(Environment.Variables)} label="Environment" />
        </>
      )}
    </>
  );
}

function Charts({ name }: { name: string }) {
  const { words } = useWords();
  const { lambda } = words;
  const [range, setRange] = useRange();
  const metrics = [
    `${callsOf(name)}/Sum`,
    `${errorsOf(name)}/Sum`,
    `${durationOf(name)}/Average`,
    `${durationOf(name)}/p99`,
  ] as const;
  const stored = useLoaded(
    async (signal) => sinceBegun(await series(metrics, kRanges[range], signal)),
    [range],
    kRefresh,
  );
  const times = stored.value?.times ?? [];
  const of = (metric: string) => stored.value?.values[metric] ?? [];
  const perMinute = (metric: string) => (stored.value ? paced(stored.value, metric, 60) : []);
  const when = range === "week" ? form.moment : form.clock;
  return (
    <>
      <div class="filters">
        <RangeChoice value={range} onChoose={setRange} />
      </div>
      {stored.error !== undefined && <Trouble error={stored.error} />}
      <div class="columns charts-pair">
        <Panel title={lambda.callsPerMinute}>
          <Chart
            title={lambda.callsPerMinute}
            times={times}
            lines={[
              { label: lambda.calls, values: perMinute(metrics[0]) },
              { label: lambda.errors, values: perMinute(metrics[1]) },
            ]}
            show={form.rate}
            axis={form.compact}
            when={when}
            {...reachOf(range)}
          />
        </Panel>
        <Panel title={lambda.duration}>
          <Chart
            title={lambda.duration}
            times={times}
            lines={[
              { label: lambda.mean, values: of(metrics[2]) },
              { label: "p99", values: of(metrics[3]) },
            ]}
            show={form.duration}
            when={when}
            {...reachOf(range)}
          />
        </Panel>
      </div>
    </>
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function Test({ name }: { name: string }) {
  const { words, locale } = useWords();
  const { lambda } = words;
  const system = useSystem();
  const { tell } = useToasts();
  const [event, setEvent] = useState(() => exampleFor(name, system));
  const [calling, setCalling] = useState(false);
  const [answer, setAnswer] = useState<Invocation>();
  const [error, setError] = useState<unknown>();
  const fit = isJson(event);

  async function submit(pressed: Event) {
    pressed.preventDefault();
    if (calling || !fit) return;
    setCalling(true);
    setError(undefined);
    try {
      setAnswer(await invoke(name, event));
    } catch (refused) {
      setError(refused);
      setAnswer(undefined);
    }
    setCalling(false);
  }

  const takeLast = () =>
    lastEventFor(name, system).then(
      (found) => (found === undefined ? tell(lambda.noEvent) : setEvent(found)),
      (refused: Error) => tell(refused.message, true),
    );
  const does = kDoes[name];
  return (
    <Panel title={lambda.test}>
      <p class="soft small-text">{does ? lambda.does[does] : lambda.testText}</p>
      <form onSubmit={(pressed) => void submit(pressed)} noValidate aria-busy={calling}>
        <div class="field">
          <label for="event">{lambda.event}</label>
          <p class="event-choice">
            {hasExample(name) && (
              <button
                type="button"
                class="quiet small"
                onClick={() => setEvent(exampleFor(name, system))}
              >
                {lambda.example}
              </button>
            )}
            {isRepeatable(name) && (
              <button type="button" class="quiet small" onClick={() => void takeLast()}>
                {lambda.lastEvent}
              </button>
            )}
          </p>
          <div class="box">
            <textarea
              id="event"
              rows={8}
              spellcheck={false}
              value={event}
              aria-invalid={fit ? undefined : "true"}
              aria-describedby={fit ? undefined : "event-fault"}
              onInput={(typed) => setEvent(typed.currentTarget.value)}
            />
          </div>
          {!fit && (
            <p class="fault" id="event-fault">
              {lambda.noJson}
            </p>
          )}
        </div>
        <button class="primary" type="submit" aria-disabled={calling || !fit}>
          {calling ? lambda.calling : lambda.call}
        </button>
      </form>
      {error !== undefined && <Trouble error={error} />}
      <div role="status">
        {answer && (
          <>
            <p class="answer">
              {answer.functionError ? (
                <Badge tone="bad" icon="cross" text={answer.functionError} />
              ) : (
                <Badge tone="good" icon="check" text={lambda.answered} />
              )}{" "}
              {form.duration(answer.ms, locale)}
            </p>
            <Json text={answer.payload} label={lambda.answer} />
            {answer.log && (
              <>
                <h3>{lambda.log}</h3>
                <LogText text={answer.log} />
              </>
            )}
          </>
        )}
      </div>
    </Panel>
  );
}

const kLines = 200;
const kLogRefresh = 5_000; // ms
const kNearEnd = 16; // pixels

async function logOf(name: string, signal: AbortSignal): Promise<string[]> {
  const path = `functions/${encodeURIComponent(name)}/log?lines=${kLines}`;
  return (await get<{ lines: string[] }>(path, signal)).lines;
}

// Its end is what has just happened: that is shown, unless the reader has gone back in it.
function LogText({ text }: { text: string }) {
  const { words } = useWords();
  const box = useRef<HTMLPreElement>(null);
  const wentBack = useRef(false);
  useEffect(() => {
    if (box.current && !wentBack.current) box.current.scrollTop = box.current.scrollHeight;
  }, [text]);
  return (
    <pre
      ref={box}
      class="code log"
      role="group"
      aria-label={words.lambda.log}
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
        wentBack.current = scrollTop + clientHeight < scrollHeight - kNearEnd;
      }}
    >
      <code>
        {text.split("\n").map((line, at) => (
          <LogLine key={at} line={line} />
        ))}
      </code>
    </pre>
  );
}

interface Failure {
  errorType?: string;
  errorMessage?: string;
}

// What a failed call has answered, where the log has it as a line of its own.
function failureIn(said: string): (Failure & { request: string }) | undefined {
  const found = /^\[ERROR\] RequestId: (\S+) (\{.*\})$/.exec(said);
  try {
    return found?.[2] ? { ...(JSON.parse(found[2]) as Failure), request: found[1] ?? "" } : undefined;
  } catch {
    return undefined; // it was cut
  }
}

function LogLine({ line }: { line: string }) {
  const [, stamp, said = line] = /^(\d{4}-\d\d-\d\dT[\d:.]+Z)\s(.*)$/.exec(line) ?? [];
  const failure = failureIn(said);
  return (
    <span title={failure && `RequestId: ${failure.request}`}>
      {stamp && (
        <>
          <Time at={stamp} look="precise" />
          {"  "}
        </>
      )}
      {failure ? (
        <>
          <strong>{failure.errorType ?? "[ERROR]"}</strong> {failure.errorMessage}
        </>
      ) : (
        said
      )}
      {"\n"}
    </span>
  );
}

function Log({ name }: { name: string }) {
  const { words } = useWords();
  const log = useLoaded((signal) => logOf(name, signal), [], kLogRefresh);
  return (
    <Panel title={words.lambda.log}>
      <Await loaded={log}>
        {(lines) =>
          lines.length === 0 ? (
            <Empty>{words.lambda.noLog}</Empty>
          ) : (
            <LogText text={lines.join("\n")} />
          )
        }
      </Await>
    </Panel>
  );
}
