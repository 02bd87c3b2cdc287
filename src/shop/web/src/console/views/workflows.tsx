// Executions of the state machines.
import { useState } from "preact/hooks";
import { Link, setQuery, useChosen, useQuery } from "../../route";
import { Refusal } from "../api";
import {
  describeExecution,
  kPaymentDeclined,
  listExecutions,
  listStateMachines,
  type Execution,
  type Executions,
} from "../aws/states";
import * as form from "../form";
import { StatusBadge } from "../parts/badge";
import { Glyph } from "../parts/glyph";
import { Await, Choice, Empty, More, Panel, View, Wide } from "../parts/pieces";
import { Time } from "../parts/time";
import { useSystem } from "../system";
import { useLoaded } from "../use_loaded";
import { pathOf, type ViewProps } from "../views";
import { useWords } from "../words";
import { ExecutionView } from "./execution";

export default function Workflows({ rest: [name] }: ViewProps) {
  return name ? <ExecutionView key={name} name={name} machine={machineAsked()} /> : <ExecutionList />;
}

// The system's own state machine isn't named in an address.
const machineAsked = (): string | undefined =>
  new URLSearchParams(location.search).get("machine") ?? undefined;

const kPage = 50;
const kRefresh = 3_000; // ms
const kScanned = 1_000; // executions that a search looks at: there is no index of names or errors
const kScannedPage = 100;

// By their states, and those that failed by why: an order that was declined is no failure.
const kFilters = ["", "RUNNING", "SUCCEEDED", "FAILED", "DECLINED", "TIMED_OUT", "ABORTED"] as const;
type Filter = (typeof kFilters)[number];

interface Wanted {
  machine: string; // its ARN
  filter: Filter;
  search: string;
  pages: number;
}

interface Listed {
  executions: Execution[];
  more: boolean;
  scanned?: number; // so many were looked at, and there are more
}

interface Found extends Listed {
  errors: Map<string, string>; // of those that failed, by their ARN
}

const failedOf = (executions: readonly Execution[]): Execution[] =>
  executions.filter(({ status }) => status === "FAILED");

async function errorsOf(executions: readonly Execution[], signal: AbortSignal) {
  const failed = failedOf(executions);
  const errors = await Promise.all(failed.map((each) => errorOf(each, signal)));
  return new Map(failed.map((each, at) => [each.executionArn, errors[at] ?? ""]));
}

async function find(wanted: Wanted, signal: AbortSignal): Promise<Found> {
  const plain = wanted.search === "" && wanted.filter !== "FAILED" && wanted.filter !== "DECLINED";
  const found = await (plain ? listed(wanted, signal) : searched(wanted, signal));
  return { ...found, errors: await errorsOf(found.executions, signal) };
}

const kRemembered = 2_000; // errors
const remembered = new Map<string, string>(); // by ARN and end: one that is redriven has another

// A list doesn't say what an execution failed for, so each is asked for it once.
async function errorOf({ executionArn, stopDate }: Execution, signal: AbortSignal): Promise<string> {
  const key = `${executionArn} ${stopDate}`;
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const { error = "" } = await describeExecution(executionArn, signal);
  if (remembered.size >= kRemembered) remembered.clear();
  remembered.set(key, error);
  return error;
}

function request({ machine, filter }: Wanted, maxResults: number, nextToken?: string) {
  const status = filter === "DECLINED" ? "FAILED" : filter;
  return {
    stateMachineArn: machine,
    maxResults,
    ...(status && { statusFilter: status }),
    ...(nextToken && { nextToken }),
  };
}

async function listed(wanted: Wanted, signal: AbortSignal): Promise<Listed> {
  let all: Executions = { executions: [] };
  for (let page = 0; page < wanted.pages && (page === 0 || all.nextToken); page++) {
    const answer = await listExecutions(request(wanted, kPage, all.nextToken), signal);
    all = { ...answer, executions: [...all.executions, ...answer.executions] };
  }
  return { executions: all.executions, more: all.nextToken !== undefined };
}

// Those of a page that are meant: by their names, and by what they failed for.
async function matching(
  { filter, search }: Wanted,
  executions: readonly Execution[],
  signal: AbortSignal,
): Promise<Execution[]> {
  const text = search.toLowerCase();
  const named = executions.filter(({ name }) => name.toLowerCase().includes(text));
  if (filter !== "FAILED" && filter !== "DECLINED") return named;
  const errors = await errorsOf(named, signal);
  const declined = ({ executionArn }: Execution) => errors.get(executionArn) === kPaymentDeclined;
  return named.filter((each) => declined(each) === (filter === "DECLINED"));
}

// The one of that very name, however old, and the newest ones that are like that.
async function searched(wanted: Wanted, signal: AbortSignal): Promise<Listed> {
  const most = wanted.pages * kPage;
  const exact = wanted.search === "" ? [] : await named(wanted, signal);
  const found = new Map(exact.map((each) => [each.name, each]));
  let scanned = 0;
  let nextToken: string | undefined;
  do {
    const page: Executions = await listExecutions(request(wanted, kScannedPage, nextToken), signal);
    for (const each of await matching(wanted, page.executions, signal)) found.set(each.name, each);
    scanned += page.executions.length;
    nextToken = page.nextToken;
  } while (nextToken && scanned < wanted.pages * kScanned && found.size < most);
  const executions = [...found.values()].slice(0, most);
  const enough = found.size >= most && (nextToken !== undefined || found.size > most);
  return { executions, more: enough, ...(nextToken && !enough && { scanned }) };
}

async function named(wanted: Wanted, signal: AbortSignal): Promise<Execution[]> {
  try {
    const arn = `${wanted.machine.replace(":stateMachine:", ":execution:")}:${wanted.search}`;
    const execution = await describeExecution(arn, signal);
    const status = request(wanted, 1).statusFilter ?? execution.status;
    return execution.status === status ? await matching(wanted, [execution], signal) : [];
  } catch (error) {
    if (error instanceof Refusal && error.status === 400) return []; // there is none
    throw error;
  }
}

// In the address, so that it can be linked to, and going back comes to the same list.
function useWanted(): [Wanted, (changed: Partial<Wanted>) => void] {
  const { state_machine_arn: own } = useSystem();
  const machine = useQuery("machine") || own;
  const [filter] = useChosen("status", kFilters);
  const search = useQuery("search");
  const pages = Math.max(1, Math.trunc(Number(useQuery("pages"))) || 1);
  const change = (changed: Partial<Wanted>) => {
    const next = { machine, filter, search, pages: 1, ...changed };
    setQuery({
      machine: next.machine === own ? "" : next.machine,
      status: next.filter,
      search: next.search,
      pages: next.pages === 1 ? "" : String(next.pages),
    });
  };
  return [{ machine, filter, search, pages }, change];
}

function ExecutionList() {
  const { words } = useWords();
  const [wanted, change] = useWanted();
  const { machine, filter, search, pages } = wanted;
  const machines = useLoaded(listStateMachines, []);
  const found = useLoaded(
    (signal) => find(wanted, signal),
    [machine, filter, search],
    search === "" && pages === 1 ? kRefresh : undefined,
  );
  const filters = kFilters.map((each): [Filter, string] => [
    each,
    each === "" ? words.flows.any : each === "DECLINED" ? words.flows.declined : words.status[each],
  ]);
  return (
    <View title={words.view.workflows} text={words.flows.text}>
      <div class="filters">
        {(machines.value?.length ?? 0) > 1 && (
          <label class="pick">
            <span>{words.flows.machine}</span>
            <select
              value={machine}
              onChange={(event) => change({ machine: event.currentTarget.value })}
            >
              {machines.value?.map((each) => (
                <option key={each.stateMachineArn} value={each.stateMachineArn}>
                  {each.name}
                </option>
              ))}
            </select>
          </label>
        )}
        <Choice
          label={words.flows.status}
          options={filters}
          value={filter}
          onChoose={(chosen) => change({ filter: chosen })}
        />
        <Search searched={search} onSearch={(text) => change({ search: text })} />
      </div>
      <Panel title={words.flows.executions}>
        <Await loaded={found}>
          {(value) => (
            <div class={found.stale ? "stale" : ""} aria-busy={found.stale}>
              <ExecutionTable found={value} machine={machine} />
              {value.scanned !== undefined && (
                <Scanned count={value.scanned} named={search !== ""} />
              )}
              {value.more && (
                <More
                  onMore={() => {
                    change({ pages: pages + 1 });
                    found.reload();
                  }}
                />
              )}
            </div>
          )}
        </Await>
      </Panel>
    </View>
  );
}

function Scanned({ count, named }: { count: number; named: boolean }) {
  const { words, locale } = useWords();
  const { scanned, scannedByName } = words.flows;
  const text = named ? scannedByName : scanned;
  return <p class="soft small-text">{text(form.count(count, locale))}</p>;
}

interface SearchProps {
  searched: string;
  onSearch: (text: string) => void;
}

function Search({ searched, onSearch }: SearchProps) {
  const { words } = useWords();
  const [text, setText] = useState(searched);
  const submit = (event: Event) => {
    event.preventDefault();
    onSearch(text.trim());
  };
  return (
    <form class="search" role="search" onSubmit={submit}>
      <div class="box">
        <input
          type="search"
          value={text}
          placeholder={words.flows.search}
          aria-label={words.flows.search}
          autocomplete="off"
          onInput={(event) => {
            setText(event.currentTarget.value);
            if (event.currentTarget.value === "") onSearch("");
          }}
        />
        <button type="submit" class="bare" aria-label={words.flows.find}>
          <Glyph name="search" />
        </button>
      </div>
    </form>
  );
}

function executionPath(name: string, machine: string, own: string): string {
  const path = pathOf("workflows", name);
  return machine === own ? path : `${path}?machine=${encodeURIComponent(machine)}`;
}

interface ExecutionTableProps {
  found: Found;
  machine: string;
}

function ExecutionTable({ found: { executions, errors }, machine }: ExecutionTableProps) {
  const { words, locale } = useWords();
  const { state_machine_arn: own } = useSystem();
  if (executions.length === 0) return <Empty>{words.flows.none}</Empty>;
  return (
    <Wide label={words.flows.executions}>
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{words.flows.name}</th>
            <th scope="col">{words.flows.status}</th>
            <th scope="col">{words.flows.started}</th>
            <th scope="col" class="figure">
              {words.flows.took}
            </th>
          </tr>
        </thead>
        <tbody>
          {executions.map(({ executionArn, name, status, startDate, stopDate }) => (
            <tr key={name}>
              <th scope="row" class="long">
                <Link to={executionPath(name, machine, own)}>{name}</Link>
              </th>
              <td>
                <StatusBadge status={status} error={errors.get(executionArn)} />
              </td>
              <td class="fixed">
                <Time at={startDate * 1000} />
              </td>
              <td class="figure fixed">
                {stopDate === undefined
                  ? "–"
                  : form.duration((stopDate - startDate) * 1000, locale)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}
