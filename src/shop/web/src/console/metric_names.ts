// The names of metrics, without their statistics: NAMESPACE/NAME/RESOURCE.
import { nameIn, type System } from "./system";

export const sentTo = (queue: string): string => `AWS/SQS/NumberOfMessagesSent/${queue}`;
export const receivedFrom = (queue: string): string => `AWS/SQS/NumberOfMessagesReceived/${queue}`;
export const deletedFrom = (queue: string): string => `AWS/SQS/NumberOfMessagesDeleted/${queue}`;
export const waitingIn = (queue: string): string =>
  `AWS/SQS/ApproximateNumberOfMessagesVisible/${queue}`;
export const inFlightFrom = (queue: string): string =>
  `AWS/SQS/ApproximateNumberOfMessagesNotVisible/${queue}`;
export const oldestIn = (queue: string): string => `AWS/SQS/ApproximateAgeOfOldestMessage/${queue}`;
export const publishedTo = (topic: string): string => `AWS/SNS/NumberOfMessagesPublished/${topic}`;

export const objectsIn = (bucket: string): string => `AWS/S3/NumberOfObjects/${bucket}`;
export const bytesIn = (bucket: string): string => `AWS/S3/BucketSizeBytes/${bucket}`;

export const callsOf = (name: string): string => `AWS/Lambda/Invocations/${name}`;
export const errorsOf = (name: string): string => `AWS/Lambda/Errors/${name}`;
export const durationOf = (name: string): string => `AWS/Lambda/Duration/${name}`;

type ExecutionMetric =
  | "ExecutionsStarted"
  | "ExecutionsSucceeded"
  | "ExecutionsFailed"
  | "ExecutionTime";

export const workflow = ({ state_machine_arn: arn }: System, metric: ExecutionMetric): string =>
  `AWS/States/${metric}/${nameIn(arn)}`;

// Of the program itself, which has no resource.
export const kSucceeded = "Doorbuster/PaymentsSucceeded";
export const kDeclined = "Doorbuster/PaymentsDeclined";
export const kRevenue = "Doorbuster/Revenue";
export const kCpu = "Doorbuster/CPUUtilization"; // measured every minute
export const kMemory = "Doorbuster/MemoryUsed";
export const kDatabaseSize = "Doorbuster/DatabaseSize";
export const kWritten = "Doorbuster/BytesWritten";
