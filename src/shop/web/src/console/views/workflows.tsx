// Executions of the state machines.
import { useState } from "preact/hooks";
import { Link } from "../../route";
import { Refusal } from "../api";
import {
  describeExecution,
  kStatuses,
  listExecutions,
  listStateMachines,
  type Execution,
  type Executions,
  type Status,
} from "../aws/states";
import * as form from "../form";
import { StatusBadge } from "../parts/badge";
import { Glyph } from "../parts/glyph";
import { Await, Choice, Empty, More, Panel, View, Wide } from "../parts/pieces";
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
const kScanned = 1_000; // executions that a search looks at: there is no index of names
const kScannedPage = 200;

interface Wanted {
  machine: string; // its ARN
  status: Status | "";
  search: string;
  pages: number;
}

interface Listed extends Executions {
  scanned?: number; // so many were looked at, and there are more
}

interface Found extends Listed {
  errors: Map<string, string>; // of those that failed, by their ARN
}

async function find(wanted: Wanted, signal: AbortSignal): Promise<Found> {
  const found = await (wanted.search === "" ? listed(wanted, signal) : searched(wanted, signal));
  const failed = found.executions.filter(({ status }) => status === "FAILED");
  const errors = await Promise.all(failed.map((each) => errorOf(each, signal)));
  return { ...found, errors: new Map(failed.map((each, at) => [each.executionArn, errors[at] ?? ""])) };
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

function request({ machine, status }: Wanted, maxResults: number, nextToken?: string) {
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
  return all;
}

// The one of that very name, however old, and the newest ones that have the text in their names.
async function searched(wanted: Wanted, signal: AbortSignal): Promise<Listed> {
  const text = wanted.search.toLowerCase();
  const exact = await named(wanted, signal);
  const found = new Map<string, Execution>(exact ? [[exact.name, exact]] : []);
  let scanned = 0;
  let nextToken: string | undefined;
  do {
    const page: Executions = await listExecutions(request(wanted, kScannedPage, nextToken), signal);
    for (const each of page.executions) {
      if (each.name.toLowerCase().includes(text)) found.set(each.name, each);
    }
    scanned += page.executions.length;
    nextToken = page.nextToken;
  } while (nextToken && scanned < kScanned && found.size < kPage);
  return { executions: [...found.values()], ...(nextToken && { scanned }) };
}

async function named(wanted: Wanted, signal: AbortSignal): Promise<Execution | undefined> {
  try {
    const arn = `${wanted.machine.replace(":stateMachine:", ":execution:")}:${wanted.search}`;
    const execution = await describeExecution(arn, signal);
    return wanted.status === "" || execution.status === wanted.status ? execution : undefined;
  } catch (error) {
    if (error instanceof Refusal && error.status === 400) return undefined; // there is none
    throw error;
  }
}

function ExecutionList() {
  const { words } = useWords();
  const system = useSystem();
  const [wanted, setWanted] = useState<Wanted>({
    machine: system.state_machine_arn,
    status: "",
    search: "",
    pages: 1,
  });
  const { machine, status, search, pages } = wanted;
  const machines = useLoaded(listStateMachines, []);
  const found = useLoaded(
    (signal) => find(wanted, signal),
    [machine, status, search],
    search === "" && pages === 1 ? kRefresh : undefined,
  );
  const change = (changed: Partial<Wanted>) => setWanted({ ...wanted, pages: 1, ...changed });
  const statuses: [Status | "", string][] = [
    ["", words.flows.any],
    ...kStatuses.map((each): [Status, string] => [each, words.status[each]]),
  ];
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
          options={statuses}
          value={status}
          onChoose={(chosen) => change({ status: chosen })}
        />
        <Search onSearch={(text) => change({ search: text })} />
      </div>
      <Panel title={words.flows.executions}>
        <Await loaded={found}>
          {(value) => (
            <div class={found.stale ? "stale" : ""} aria-busy={found.stale}>
              <ExecutionTable found={value} machine={machine} />
              {value.scanned !== undefined && <Scanned count={value.scanned} />}
              {value.nextToken && (
                <More
                  onMore={() => {
                    setWanted({ ...wanted, pages: pages + 1 });
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

function Scanned({ count }: { count: number }) {
  const { words, locale } = useWords();
  return <p class="soft small-text">{words.flows.scanned(form.count(count, locale))}</p>;
}

function Search({ onSearch }: { onSearch: (text: string) => void }) {
  const { words } = useWords();
  const [text, setText] = useState("");
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
              <td class="fixed">{form.moment(startDate * 1000, locale)}</td>
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
