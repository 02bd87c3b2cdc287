// SQS, by JSON 1.0.
import { call } from "./protocols";

export interface Message {
  MessageId: string;
  ReceiptHandle: string;
  Body: string;
  Attributes?: Record<string, string>;
  MessageAttributes?: Record<string, { DataType: string; StringValue?: string }>;
}

export type Attributes = Record<string, string>;

export async function listQueues(signal?: AbortSignal): Promise<string[]> {
  const urls: string[] = [];
  let NextToken: string | undefined;
  do {
    const page: { QueueUrls?: string[]; NextToken?: string } = await call(
      "AmazonSQS.ListQueues",
      { MaxResults: 1000, ...(NextToken && { NextToken }) },
      signal,
    );
    urls.push(...(page.QueueUrls ?? []));
    NextToken = page.NextToken;
  } while (NextToken);
  return urls;
}

export async function queueUrl(QueueName: string, signal?: AbortSignal): Promise<string> {
  const found = await call<{ QueueUrl: string }>("AmazonSQS.GetQueueUrl", { QueueName }, signal);
  return found.QueueUrl;
}

export async function queueAttributes(QueueUrl: string, signal?: AbortSignal): Promise<Attributes> {
  const request = { QueueUrl, AttributeNames: ["All"] };
  const answer = await call<{ Attributes?: Attributes }>(
    "AmazonSQS.GetQueueAttributes",
    request,
    signal,
  );
  return answer.Attributes ?? {};
}

export interface SendMessage {
  QueueUrl: string;
  MessageBody: string;
  DelaySeconds?: number;
  MessageGroupId?: string;
}

export const sendMessage = (request: SendMessage): Promise<{ MessageId: string }> =>
  call("AmazonSQS.SendMessage", request);

export interface ReceiveMessage {
  QueueUrl: string;
  MaxNumberOfMessages: number;
  VisibilityTimeout: number;
  WaitTimeSeconds: number;
}

export async function receiveMessages(request: ReceiveMessage): Promise<Message[]> {
  const answer = await call<{ Messages?: Message[] }>("AmazonSQS.ReceiveMessage", {
    ...request,
    MessageSystemAttributeNames: ["All"],
    MessageAttributeNames: ["All"],
  });
  return answer.Messages ?? [];
}

export const deleteMessage = (QueueUrl: string, ReceiptHandle: string): Promise<object> =>
  call("AmazonSQS.DeleteMessage", { QueueUrl, ReceiptHandle });

// Nobody else receives it for so many seconds from now on.
export const hideMessage = (
  QueueUrl: string,
  ReceiptHandle: string,
  VisibilityTimeout: number,
): Promise<object> =>
  call("AmazonSQS.ChangeMessageVisibility", { QueueUrl, ReceiptHandle, VisibilityTimeout });

// It can be received again at once.
export const returnMessage = (QueueUrl: string, ReceiptHandle: string): Promise<object> =>
  hideMessage(QueueUrl, ReceiptHandle, 0);
