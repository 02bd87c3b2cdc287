// One execution: its graph, and each of its steps with what went in and what came out.
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Link, setQuery, useQuery } from "../../route";
import {
  definitionFor,
  describeExecution,
  history,
  kPaymentDeclined,
  redriveExecution,
  type ExecutionDetail,
} from "../aws/states";
import * as form from "../form";
import { Graph, kOutcomeGlyphs } from "../graph/graph";
import { machineOf, type Region } from "../graph/machine";
import { visitsOf, type Outcome, type Visit } from "../graph/visits";
import { Badge, StatusBadge, type Tone } from "../parts/badge";
import { Glyph } from "../parts/glyph";
import { Json } from "../parts/json";
import { Await, Facts, Panel, View, Wide } from "../parts/pieces";
import { Time, TimeAgo } from "../parts/time";
import { useToasts } from "../parts/undo";
import { useSystem } from "../system";
import { useLoaded } from "../use_loaded";
import { pathOf } from "../views";
import { useWords } from "../words";

const kTones: Record<Outcome, Tone> = {
  succeeded: "good",
  caught: "wait",
  failed: "bad",
  declined: "declined",
  aborted: "plain",
  running: "wait",
};

interface Whole {
  execution: ExecutionDetail;
  machine: Region;
  visits: Visit[];
  whole: boolean; // all of its history is here
}

async function load(arn: string, signal: AbortSignal): Promise<Whole> {
  const [execution, definition, { events, whole }] = await Promise.all([
    describeExecution(arn, signal),
    definitionFor(arn, signal),
    history(arn, signal),
  ]);
  return { execution, machine: machineOf(definition), visits: visitsOf(events, execution), whole };
}

const kRefresh = 2_000; // ms, while it runs

interface ExecutionViewProps {
  name: string;
  machine: string | undefined; // the ARN of another one than the system's
}

export function ExecutionView({ name, machine }: ExecutionViewProps) {
  const { words } = useWords();
  const system = useSystem();
  const arn = `${(machine ?? system.state_machine_arn).replace(":stateMachine:", ":execution:")}:${name}`;
  const [running, setRunning] = useState(true);
  const loaded = useLoaded((signal) => load(arn, signal), [arn], running ? kRefresh : undefined);
  const execution = loaded.value?.execution;
  const runs = execution ? execution.status === "RUNNING" : loaded.error === undefined;
  if (runs !== running) setRunning(runs);
  return (
    <View
      title={name}
      eyebrow={<Link to={pathOf("workflows")}>{words.view.workflows}</Link>}
      text={execution && <Headline execution={execution} />}
      actions={execution && <Actions execution={execution} onRedriven={loaded.reload} />}
    >
      <Await loaded={loaded}>{(value) => <Body {...value} />}</Await>
    </View>
  );
}

function Headline({ execution }: { execution: ExecutionDetail }) {
  const { words, locale } = useWords();
  const { status, error, startDate, stopDate, redriveCount = 0 } = execution;
  return (
    <>
      <StatusBadge status={status} error={error} /> <TimeAgo at={startDate * 1000} />
      {stopDate !== undefined && redriveCount === 0 && ` · ${form.duration((stopDate - startDate) * 1000, locale)}`}
      {redriveCount > 0 && ` · ${words.flows.redriven(redriveCount, form.count(redriveCount, locale))}`}
    </>
  );
}

// The order that it is about, if it is about one.
function orderOf({ input }: ExecutionDetail): string | undefined {
  try {
    const given = JSON.parse(input ?? "") as { order?: { orderId?: unknown }; orderId?: unknown };
    const id = given.order?.orderId ?? given.orderId;
    return typeof id === "string" ? id : undefined;
  } catch {
    return undefined;
  }
}

// What won't be otherwise the next time.
const kSettled: readonly string[] = [kPaymentDeclined, "OrderInvalid"];
const kRedrivable = ["FAILED", "TIMED_OUT", "ABORTED"];

function Actions({ execution, onRedriven }: { execution: ExecutionDetail; onRedriven: () => void }) {
  const { words } = useWords();
  const { tell } = useToasts();
  const order = orderOf(execution);
  const { status, error, redriveCount = 0 } = execution;
  const awaited = useRef(Infinity); // the redrive that was begun here, and of which the end isn't told
  useEffect(() => {
    if (redriveCount < awaited.current || status === "RUNNING") return;
    awaited.current = Infinity;
    if (status === "SUCCEEDED") tell(words.flows.redriveSucceeded);
    else tell(words.flows.redriveFailed(error ?? words.status[status]), true);
  }, [status, redriveCount]);
  const redrive = async () => {
    try {
      await redriveExecution(execution.executionArn);
      awaited.current = redriveCount + 1;
      tell(words.flows.redriveBegun);
    } catch (error) {
      tell((error as Error).message, true);
    }
    onRedriven();
  };
  const may =
    kRedrivable.includes(execution.status) && execution.redriveStatus !== "NOT_REDRIVABLE";
  return (
    <>
      {order !== undefined && (
        <a class="quiet small" href={`/orders/${encodeURIComponent(order)}`}>
          {words.flows.toOrder}
        </a>
      )}
      {may && (
        <button
          type="button"
          class={kSettled.includes(error ?? "") ? "quiet small" : "primary small"}
          onClick={() => void redrive()}
        >
          <Glyph name="redo" />
          {words.flows.redrive}
        </button>
      )}
    </>
  );
}

const isUnhappy = ({ outcome }: Visit): boolean => outcome === "failed" || outcome === "declined";

// A state, or one of its visits.
interface Chosen {
  name: string;
  id?: number;
}

const visitChosen = (visits: readonly Visit[], { name, id }: Chosen): Visit | undefined =>
  visits.findLast((visit) => (id === undefined ? visit.name === name : visit.id === id));

const choose = ({ name, id }: Chosen) =>
  setQuery({ state: name, visit: id === undefined ? "" : String(id) });

function useChosenState(): Chosen | undefined {
  const name = useQuery("state");
  const id = useQuery("visit");
  return name === "" ? undefined : { name, ...(id !== "" && { id: Number(id) }) };
}

// What has been chosen is brought before the reader if it isn't to be seen where it stands.
function Shown({ wanted, children }: { wanted: boolean; children: ComponentChildren }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const place = box.current?.getBoundingClientRect();
    if (!wanted || !place || (place.top >= 0 && place.top < innerHeight / 2)) return;
    box.current?.scrollIntoView({ block: "start" });
    const heading = box.current?.querySelector("h2");
    heading?.setAttribute("tabindex", "-1");
    heading?.focus({ preventScroll: true });
  }, []);
  return <div ref={box}>{children}</div>;
}

function Body({ execution, machine, visits, whole }: Whole) {
  const { words } = useWords();
  const failed = visits.findLast(isUnhappy) ?? visits.at(-1);
  const chosen = useChosenState();
  const name = chosen?.name ?? failed?.name;
  const visit = chosen ? visitChosen(visits, chosen) : failed;
  return (
    <>
      {execution.error !== undefined && visit?.error !== execution.error && (
        <div class={execution.error === kPaymentDeclined ? "notice declined" : "notice stop"}>
          <strong lang="en">{execution.error}</strong>
          {execution.cause && <p lang="en">{execution.cause}</p>}
        </div>
      )}
      <div class="execution">
        <Panel title={words.flows.graph} beside={<Legend visits={visits} />}>
          <Graph
            machine={machine}
            visits={visits}
            chosen={name}
            onChoose={(state) => choose({ name: state })}
          />
        </Panel>
        {name !== undefined && (
          <Shown key={visit?.id ?? name} wanted={chosen !== undefined}>
            <StateDetail name={name} visit={visit} />
          </Shown>
        )}
      </div>
      <Panel title={words.flows.steps}>
        <Steps visits={visits} chosen={visit} onChoose={choose} />
        {!whole && <p class="soft small-text">{words.flows.cut}</p>}
      </Panel>
      <div class="columns ends">
        <Panel title={words.flows.input}>
          <Json text={execution.input ?? ""} label={words.flows.input} />
        </Panel>
        {execution.output !== undefined && (
          <Panel title={words.flows.output}>
            <Json text={execution.output} label={words.flows.output} />
          </Panel>
        )}
      </div>
    </>
  );
}

function Legend({ visits }: { visits: readonly Visit[] }) {
  const { words } = useWords();
  const outcomes = useMemo(() => [...new Set(visits.map(({ outcome }) => outcome))], [visits]);
  return (
    <div class="badges">
      {outcomes.map((outcome) => (
        <OutcomeBadge key={outcome} outcome={outcome} />
      ))}
      <span class="untouched-key">{words.flows.notReached}</span>
    </div>
  );
}

function OutcomeBadge({ outcome }: { outcome: Outcome }) {
  const { words } = useWords();
  return (
    <Badge tone={kTones[outcome]} icon={kOutcomeGlyphs[outcome]} text={words.outcome[outcome]} />
  );
}

function StateDetail({ name, visit }: { name: string; visit: Visit | undefined }) {
  const { words, locale } = useWords();
  if (!visit) {
    return (
      <Panel title={name} class="state-detail">
        <p class="empty">{words.flows.notReached}</p>
      </Panel>
    );
  }
  return (
    <Panel title={name} beside={<OutcomeBadge outcome={visit.outcome} />} class="state-detail">
      {visit.error !== undefined && (
        <div class={visit.error === kPaymentDeclined ? "notice declined" : "notice stop"}>
          <strong lang="en">{visit.error}</strong>
          {visit.cause && <p lang="en">{visit.cause}</p>}
        </div>
      )}
      <Facts
        rows={[
          [words.flows.type, visit.type],
          [words.flows.started, <Time at={visit.entered} look="precise" />],
          [
            words.flows.took,
            visit.exited !== undefined && form.duration(visit.exited - visit.entered, locale),
          ],
          [words.flows.tries, visit.attempts.length > 1 && String(visit.attempts.length)],
        ]}
      />
      {visit.attempts.length > 1 && <Attempts visit={visit} />}
      <h3>{words.flows.input}</h3>
      <Json text={visit.input ?? "–"} label={`${name}: ${words.flows.input}`} />
      {visit.output !== undefined && (
        <>
          <h3>{words.flows.output}</h3>
          <Json text={visit.output} label={`${name}: ${words.flows.output}`} />
        </>
      )}
    </Panel>
  );
}

function Attempts({ visit }: { visit: Visit }) {
  const { words } = useWords();
  return (
    <ol class="attempts">
      {visit.attempts.map(({ begun, ended, error, cause }) => (
        <li key={begun}>
          <span class="digits">
            <Time at={begun} look="precise" />
          </span>{" "}
          {error === undefined ? (
            ended === undefined ? (
              words.outcome[visit.outcome === "aborted" ? "aborted" : "running"]
            ) : (
              words.outcome.succeeded
            )
          ) : (
            <strong lang="en">{error}</strong>
          )}
          {cause && (
            <span class="soft long" lang="en">
              {" "}
              {cause}
            </span>
          )}
        </li>
      ))}
    </ol>
  );
}

interface StepsProps {
  visits: readonly Visit[];
  chosen: Visit | undefined;
  onChoose: (visit: Visit) => void;
}

function Steps({ visits, chosen, onChoose }: StepsProps) {
  const { words, locale } = useWords();
  const first = visits[0]?.entered; // of which the others say how long after
  return (
    <Wide label={words.flows.steps}>
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{words.flows.step}</th>
            <th scope="col">{words.flows.type}</th>
            <th scope="col">{words.flows.status}</th>
            <th scope="col">{words.flows.started}</th>
            <th scope="col" class="figure">
              {words.flows.took}
            </th>
            <th scope="col" class="figure">
              {words.flows.tries}
            </th>
          </tr>
        </thead>
        <tbody>
          {visits.map((visit) => (
            <tr key={visit.id} class={visit.id === chosen?.id ? "open" : ""}>
              <th scope="row" class="fixed">
                <button
                  type="button"
                  class="entry"
                  aria-pressed={visit.id === chosen?.id}
                  onClick={() => onChoose(visit)}
                >
                  {visit.name}
                </button>
              </th>
              <td>{visit.type}</td>
              <td>
                <OutcomeBadge outcome={visit.outcome} />
              </td>
              <td class="fixed">
                {first === undefined || visit === visits[0] ? (
                  <Time at={visit.entered} look="precise" />
                ) : (
                  <span title={form.inFull(new Date(visit.entered), locale)}>
                    +{form.duration(visit.entered - first, locale)}
                  </span>
                )}
              </td>
              <td class="figure fixed">
                {visit.exited === undefined
                  ? "–"
                  : form.duration(visit.exited - visit.entered, locale)}
              </td>
              <td class="figure">{visit.attempts.length > 0 ? visit.attempts.length : "–"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}
