// Step Functions, by JSON 1.0. Times are in seconds of the epoch.
import { call } from "./protocols";

export type Status = "RUNNING" | "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED";

export interface StateMachine {
  stateMachineArn: string;
  name: string;
}

export interface Execution {
  executionArn: string;
  stateMachineArn: string;
  name: string;
  status: Status;
  startDate: number;
  stopDate?: number;
  redriveCount?: number;
}

export interface ExecutionDetail extends Execution {
  input?: string;
  output?: string;
  error?: string;
  cause?: string;
  redriveStatus?: "REDRIVABLE" | "NOT_REDRIVABLE" | "REDRIVABLE_BY_MAP_RUN";
  redriveStatusReason?: string;
}

// The error of an execution whose order was not paid for: what the workflow is to find out, and not a
// failure of it.
export const kPaymentDeclined = "PaymentDeclined";

// A type has one member of details, named after it, e.g. taskFailedEventDetails.
export interface HistoryEvent {
  id: number;
  previousEventId: number;
  type: string;
  timestamp: number;
  [details: string]: unknown;
}

const target = (operation: string): string => `AWSStepFunctions.${operation}`;

export async function listStateMachines(signal?: AbortSignal): Promise<StateMachine[]> {
  const answer = await call<{ stateMachines: StateMachine[] }>(
    target("ListStateMachines"),
    { maxResults: 1000 },
    signal,
  );
  return answer.stateMachines;
}

export interface ListExecutions {
  stateMachineArn: string;
  statusFilter?: Status;
  maxResults: number;
  nextToken?: string;
}

export interface Executions {
  executions: Execution[];
  nextToken?: string;
}

export const listExecutions = (
  request: ListExecutions,
  signal?: AbortSignal,
): Promise<Executions> => call(target("ListExecutions"), request, signal);

export const describeExecution = (
  executionArn: string,
  signal?: AbortSignal,
): Promise<ExecutionDetail> => call(target("DescribeExecution"), { executionArn }, signal);

// The definition that it began with, whatever has become of the state machine since.
export async function definitionFor(executionArn: string, signal?: AbortSignal): Promise<string> {
  const answer = await call<{ definition: string }>(
    target("DescribeStateMachineForExecution"),
    { executionArn },
    signal,
  );
  return answer.definition;
}

const kHistoryPage = 1000;
const kHistoryMax = 5_000; // events that are looked at

export async function history(
  executionArn: string,
  signal?: AbortSignal,
): Promise<{ events: HistoryEvent[]; whole: boolean }> {
  const events: HistoryEvent[] = [];
  let nextToken: string | undefined;
  do {
    const page: { events: HistoryEvent[]; nextToken?: string } = await call(
      target("GetExecutionHistory"),
      { executionArn, maxResults: kHistoryPage, ...(nextToken && { nextToken }) },
      signal,
    );
    events.push(...page.events);
    nextToken = page.nextToken;
  } while (nextToken && events.length < kHistoryMax);
  return { events, whole: !nextToken };
}

export const redriveExecution = (executionArn: string): Promise<object> =>
  call(target("RedriveExecution"), { executionArn });
