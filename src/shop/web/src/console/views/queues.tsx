// Queues: how many messages lie in each, and by hand what programs do with them.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { TextField } from "../../design/field";
import { Link } from "../../route";
import {
  deleteMessage,
  hideMessage,
  listQueues,
  queueAttributes,
  queueUrl,
  receiveMessages,
  returnMessage,
  sendMessage,
  type Attributes,
  type Message,
  type SendMessage,
} from "../aws/sqs";
import * as form from "../form";
import { Glyph } from "../parts/glyph";
import { Json, messageWithin } from "../parts/json";
import { Await, Empty, Facts, Panel, Tile, Trouble, View, Wide } from "../parts/pieces";
import { Time, TimeAgo } from "../parts/time";
import { useToasts } from "../parts/undo";
import { useLoaded } from "../use_loaded";
import { pathOf, type ViewProps } from "../views";
import { useWords } from "../words";

export default function Queues({ rest: [name] }: ViewProps) {
  return name ? <Queue key={name} name={name} /> : <QueueList />;
}

const kRefresh = 3_000; // ms

const nameOf = (url: string): string => url.split("/").at(-1) ?? url;

async function queuesWithDepths(signal: AbortSignal) {
  const urls = await listQueues(signal);
  return Promise.all(
    urls.map(async (url) => ({ url, attributes: await queueAttributes(url, signal) })),
  );
}

function QueueList() {
  const { words, locale } = useWords();
  const queues = useLoaded(queuesWithDepths, [], kRefresh);
  const { queue } = words;
  const depth = (attributes: Attributes, name: string) =>
    form.count(Number(attributes[name] ?? 0), locale);
  return (
    <View title={words.view.queues} text={queue.text}>
      <Panel title={queue.all}>
        <Await loaded={queues}>
          {(all) => (
            <Wide label={words.view.queues}>
              <table class="table">
                <thead>
                  <tr>
                    <th scope="col">{queue.name}</th>
                    <th scope="col" class="figure">
                      {queue.waiting}
                    </th>
                    <th scope="col" class="figure">
                      {queue.inFlight}
                    </th>
                    <th scope="col" class="figure">
                      {queue.delayed}
                    </th>
                    <th scope="col">{queue.rest}</th>
                  </tr>
                </thead>
                <tbody>
                  {all.map(({ url, attributes }) => (
                    <tr key={url}>
                      <th scope="row" class="long">
                        <Link to={pathOf("queues", nameOf(url))}>{nameOf(url)}</Link>
                      </th>
                      <td class="figure">{depth(attributes, "ApproximateNumberOfMessages")}</td>
                      <td class="figure">
                        {depth(attributes, "ApproximateNumberOfMessagesNotVisible")}
                      </td>
                      <td class="figure">
                        {depth(attributes, "ApproximateNumberOfMessagesDelayed")}
                      </td>
                      <td class="long">{deadLetterQueueOf(attributes) ?? "–"}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
              {all.length === 0 && <Empty>{queue.none}</Empty>}
            </Wide>
          )}
        </Await>
      </Panel>
    </View>
  );
}

function deadLetterQueueOf({ RedrivePolicy }: Attributes): string | undefined {
  if (!RedrivePolicy) return undefined;
  const { deadLetterTargetArn } = JSON.parse(RedrivePolicy) as { deadLetterTargetArn?: string };
  return deadLetterTargetArn?.split(":").at(-1);
}

async function urlAndAttributes(name: string, signal: AbortSignal) {
  const url = await queueUrl(name, signal);
  return { url, attributes: await queueAttributes(url, signal) };
}

function Queue({ name }: { name: string }) {
  const { words } = useWords();
  const queue = useLoaded((signal) => urlAndAttributes(name, signal), [], kRefresh);
  return (
    <View title={name} eyebrow={<Link to={pathOf("queues")}>{words.view.queues}</Link>}>
      <Await loaded={queue}>
        {({ url, attributes }) => (
          <>
            <Depths attributes={attributes} />
            <div class="columns">
              <div class="stack">
                <Poll url={url} attributes={attributes} onPolled={queue.reload} />
                <Panel title={words.queue.attributes}>
                  <QueueFacts attributes={attributes} />
                </Panel>
              </div>
              <div class="stack">
                <Send url={url} fifo={attributes.FifoQueue === "true"} onSent={queue.reload} />
                <Policies attributes={attributes} />
              </div>
            </div>
          </>
        )}
      </Await>
    </View>
  );
}

function Depths({ attributes }: { attributes: Attributes }) {
  const { words, locale } = useWords();
  const figures = [
    [words.queue.waiting, attributes.ApproximateNumberOfMessages],
    [words.queue.inFlight, attributes.ApproximateNumberOfMessagesNotVisible],
    [words.queue.delayed, attributes.ApproximateNumberOfMessagesDelayed],
  ] as const;
  return (
    <dl class="tiles three">
      {figures.map(([label, value]) => (
        <Tile key={label} label={label} value={form.count(Number(value ?? 0), locale)} />
      ))}
    </dl>
  );
}

const kDocuments = ["Policy", "RedrivePolicy", "RedriveAllowPolicy"] as const;
const kTimes = ["CreatedTimestamp", "LastModifiedTimestamp"];

// By AWS's own names, under which they can be looked up and set.
function QueueFacts({ attributes }: { attributes: Attributes }) {
  const shown = Object.entries(attributes)
    .filter(([name]) => !kDocuments.includes(name as (typeof kDocuments)[number]))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]): [string, ComponentChildren] => [
      name,
      kTimes.includes(name) ? <Time at={Number(value) * 1000} look="full" /> : value,
    ]);
  return <Facts rows={shown} longNames />;
}

function Policies({ attributes }: { attributes: Attributes }) {
  const { words } = useWords();
  const documents = kDocuments.filter((name) => attributes[name]);
  return (
    <Panel title={words.queue.policies}>
      {documents.length === 0 && <Empty>{words.queue.noPolicy}</Empty>}
      {documents.map((name) => (
        <div key={name}>
          <h3>{name}</h3>
          <Json text={attributes[name] ?? ""} label={name} />
        </div>
      ))}
    </Panel>
  );
}

function whole(text: string, most: number): number | undefined {
  const value = Number(text.trim() === "" ? NaN : text);
  return Number.isInteger(value) && value >= 0 && value <= most ? value : undefined;
}

const kVisibilityMax = 43_200; // seconds
const kReceiveMax = 10; // messages
const kWait = 1; // seconds that an empty queue is waited at

interface PollProps {
  url: string;
  attributes: Attributes;
  onPolled: () => void;
}

function Poll({ url, attributes, onPolled }: PollProps) {
  const { words, locale } = useWords();
  const { queue } = words;
  const [seconds, setSeconds] = useState("10");
  const [polling, setPolling] = useState(false);
  const [error, setError] = useState<unknown>();
  const [messages, setMessages] = useState<Message[]>([]);
  const [received, setReceived] = useState<number>(); // the last time
  const [until, setUntil] = useState(0); // when they can be received again, ms of the epoch
  const hidden = whole(seconds, kVisibilityMax);
  const receives = /"maxReceiveCount":\s*"?(\d+)/.exec(attributes.RedrivePolicy ?? "")?.[1];
  const fault =
    hidden === undefined ? queue.wholeUpTo(form.count(kVisibilityMax, locale)) : undefined;

  async function poll(event: Event) {
    event.preventDefault();
    if (polling || hidden === undefined) return;
    setPolling(true);
    setError(undefined);
    try {
      const request = {
        QueueUrl: url,
        MaxNumberOfMessages: kReceiveMax,
        VisibilityTimeout: hidden,
        WaitTimeSeconds: kWait,
      };
      const found = await receiveMessages(request);
      setUntil(Date.now() + hidden * 1000);
      setMessages(found);
      setReceived(found.length);
      onPolled();
    } catch (refused) {
      setError(refused);
    }
    setPolling(false);
  }

  const without = (handle: string) =>
    setMessages((all) => all.filter((each) => each.ReceiptHandle !== handle));
  return (
    <Panel title={queue.poll}>
      <p class="soft small-text">{queue.pollText(receives)}</p>
      <form class="row-form" onSubmit={(event) => void poll(event)} noValidate aria-busy={polling}>
        <TextField
          name="visibility"
          label={queue.hiddenFor}
          value={seconds}
          fault={fault}
          onValue={setSeconds}
          onLeave={() => {}}
          input={{ inputMode: "numeric" }}
        />
        <button class="primary" type="submit" aria-disabled={polling}>
          {polling ? queue.polling : queue.pollNow}
        </button>
      </form>
      {error !== undefined && <Trouble error={error} />}
      <div role="status">
        {received !== undefined && (
          <p class="small-text">{queue.received(received, form.count(received, locale))}</p>
        )}
      </div>
      {messages.length > 0 && <Hidden until={until} />}
      {messages.map((message) => (
        <MessageCard
          key={message.ReceiptHandle}
          url={url}
          message={message}
          until={until}
          onGone={without}
        />
      ))}
    </Panel>
  );
}

// How long they are still the reader's alone.
function Hidden({ until }: { until: number }) {
  const { words, locale } = useWords();
  const [now, setNow] = useState(Date.now);
  const left = Math.ceil((until - now) / 1000);
  useEffect(() => {
    if (left <= 0) return undefined;
    const timer = setTimeout(() => setNow(Date.now()), 1000);
    return () => clearTimeout(timer);
  }, [left, until]);
  return (
    <p class="soft small-text">
      {left > 0
        ? words.queue.hiddenMore(form.duration(left * 1000, locale))
        : words.queue.backAgain}
    </p>
  );
}

const kHiddenForUndo = 30; // seconds

interface MessageProps {
  url: string;
  message: Message;
  until: number; // when others can receive it, ms of the epoch
  onGone: (handle: string) => void;
}

function MessageCard({ url, message, until, onGone }: MessageProps) {
  const { words } = useWords();
  const { hold, tell } = useToasts();
  const [leaving, setLeaving] = useState(false);
  const { MessageId, ReceiptHandle, Body, Attributes: system = {}, MessageAttributes } = message;
  const event = messageWithin(Body);
  const carryOut = async (what: Promise<unknown>, done: string) => {
    try {
      await what;
      onGone(ReceiptHandle);
      tell(done);
    } catch (error) {
      tell((error as Error).message, true);
    }
  };
  // Hidden for long enough that its receipt still holds when it is deleted.
  const remove = async () => {
    setLeaving(true);
    try {
      const left = until - Date.now();
      if (left < kHiddenForUndo * 1000) await hideMessage(url, ReceiptHandle, kHiddenForUndo);
    } catch (error) {
      setLeaving(false);
      tell((error as Error).message, true);
      return;
    }
    hold({
      doing: words.queue.deleting,
      undone: () => setLeaving(false),
      act: async () => {
        await deleteMessage(url, ReceiptHandle).catch((error: unknown) => {
          setLeaving(false);
          throw error;
        });
        onGone(ReceiptHandle);
        return words.queue.deleted;
      },
    });
  };
  return (
    <article class={leaving ? "message leaving" : "message"} aria-label={MessageId}>
      <Facts
        rows={[
          [words.queue.message, <span class="mono">{MessageId}</span>],
          [words.queue.sent, system.SentTimestamp && <TimeAgo at={+system.SentTimestamp} />],
          [words.queue.receives, system.ApproximateReceiveCount],
          ["MessageGroupId", system.MessageGroupId],
          ...Object.entries(MessageAttributes ?? {}).map(
            ([name, value]) => [name, value.StringValue ?? value.DataType] as const,
          ),
        ]}
      />
      {event === undefined ? (
        <Json text={Body} label={words.queue.body} />
      ) : (
        <>
          <Json text={event} label={words.queue.event} />
          <details>
            <summary>{words.queue.body}</summary>
            <Json text={Body} label={words.queue.body} />
          </details>
        </>
      )}
      <p class="message-actions">
        <button
          type="button"
          class="quiet small"
          disabled={leaving}
          onClick={() => void carryOut(returnMessage(url, ReceiptHandle), words.queue.returned)}
        >
          <Glyph name="redo" />
          {words.queue.giveBack}
        </button>
        <button
          type="button"
          class="quiet small bad"
          disabled={leaving}
          onClick={() => void remove()}
        >
          <Glyph name="trash" />
          {words.queue.delete}
        </button>
      </p>
    </article>
  );
}

const kDelayMax = 900; // seconds

interface SendProps {
  url: string;
  fifo: boolean;
  onSent: () => void;
}

function Send({ url, fifo, onSent }: SendProps) {
  const { words, locale } = useWords();
  const { queue } = words;
  const { tell } = useToasts();
  const [body, setBody] = useState("");
  const [delay, setDelay] = useState("0");
  const [group, setGroup] = useState("");
  const [error, setError] = useState<unknown>();
  const [sending, setSending] = useState(false);
  const DelaySeconds = whole(delay, kDelayMax);

  async function submit(event: Event) {
    event.preventDefault();
    if (sending || body === "" || DelaySeconds === undefined) return;
    setSending(true);
    setError(undefined);
    const request: SendMessage = {
      QueueUrl: url,
      MessageBody: body,
      ...(fifo ? { MessageGroupId: group } : { DelaySeconds }),
    };
    try {
      const { MessageId } = await sendMessage(request);
      tell(queue.sentAs(MessageId));
      setBody("");
      onSent();
    } catch (refused) {
      setError(refused);
    }
    setSending(false);
  }

  const fault =
    DelaySeconds === undefined ? queue.wholeUpTo(form.count(kDelayMax, locale)) : undefined;
  return (
    <Panel title={queue.send}>
      <form onSubmit={(event) => void submit(event)} noValidate aria-busy={sending}>
        <div class="field">
          <label for="body">{queue.body}</label>
          <div class="box">
            <textarea
              id="body"
              rows={6}
              spellcheck={false}
              required
              value={body}
              onInput={(event) => setBody(event.currentTarget.value)}
            />
          </div>
        </div>
        {fifo ? (
          <TextField
            name="group"
            label="MessageGroupId"
            value={group}
            onValue={setGroup}
            onLeave={() => {}}
          />
        ) : (
          <TextField
            name="delay"
            label={queue.delay}
            value={delay}
            fault={fault}
            onValue={setDelay}
            onLeave={() => {}}
            input={{ inputMode: "numeric" }}
          />
        )}
        {error !== undefined && <Trouble error={error} />}
        <button class="primary" type="submit" aria-disabled={sending || body === ""}>
          {queue.sendNow}
        </button>
      </form>
    </Panel>
  );
}
