// What lies in S3: buckets, and in each its objects by prefix.
import { useRef, useState } from "preact/hooks";
import { closeWithin, Link, openWithin, useQuery } from "../../route";
import {
  downloadPath,
  kOpened,
  listBuckets,
  listObjects,
  putObject,
  readObject,
  type Listing,
  type ObjectEntry,
} from "../aws/s3";
import * as form from "../form";
import { useLive } from "../live";
import { bytesIn, objectsIn } from "../metric_names";
import { Dialog } from "../parts/dialog";
import { Glyph } from "../parts/glyph";
import { Json } from "../parts/json";
import { Await, Empty, Facts, More, Panel, Trouble, View, Wide } from "../parts/pieces";
import { Time, TimeAgo } from "../parts/time";
import { useSystem } from "../system";
import { useLoaded } from "../use_loaded";
import { pathOf, type ViewProps } from "../views";
import { useWords } from "../words";

export default function Buckets({ rest }: ViewProps) {
  const [bucket, ...prefix] = rest;
  return bucket ? (
    <Bucket key={rest.join("/")} bucket={bucket} prefix={prefix.join("/")} />
  ) : (
    <BucketList />
  );
}

const bucketPath = (bucket: string, prefix: string): string =>
  pathOf("buckets", bucket, ...prefix.split("/"));

function BucketList() {
  const { words, locale } = useWords();
  const live = useLive();
  const buckets = useLoaded(listBuckets, []);
  const figure = (metric: string, show: (value: number, locale: string) => string) => {
    const value = live.value(metric);
    return value === undefined ? "…" : show(value, locale);
  };
  return (
    <View title={words.view.buckets} text={words.buckets.text}>
      <Panel title={words.buckets.all}>
        <Await loaded={buckets}>
          {(all) => (
            <Wide label={words.view.buckets}>
              <table class="table">
                <thead>
                  <tr>
                    <th scope="col">{words.buckets.name}</th>
                    <th scope="col" class="figure">
                      {words.buckets.objects}
                    </th>
                    <th scope="col" class="figure">
                      {words.buckets.size}
                    </th>
                    <th scope="col">{words.buckets.made}</th>
                  </tr>
                </thead>
                <tbody>
                  {all.map(({ Name, CreationDate }) => (
                    <tr key={Name}>
                      <th scope="row" class="long">
                        <Link to={bucketPath(Name, "")}>{Name}</Link>
                      </th>
                      <td class="figure fixed">{figure(objectsIn(Name), form.count)}</td>
                      <td class="figure fixed">{figure(bytesIn(Name), form.bytes)}</td>
                      <td class="fixed">
                        <Time at={CreationDate} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
              {all.length === 0 && <Empty>{words.buckets.none}</Empty>}
            </Wide>
          )}
        </Await>
      </Panel>
    </View>
  );
}

// How much lies in all of it.
function Holds({ bucket }: { bucket: string }) {
  const { words, locale } = useWords();
  const live = useLive();
  const objects = live.value(objectsIn(bucket));
  const bytes = live.value(bytesIn(bucket));
  if (objects === undefined || bytes === undefined) return <>…</>;
  return <>{words.buckets.holds(objects, form.count(objects, locale), form.bytes(bytes, locale))}</>;
}

// The first pages, as far as the reader has asked for them.
async function listed(bucket: string, prefix: string, pages: number, signal: AbortSignal) {
  let all: Listing = { folders: [], objects: [] };
  for (let page = 0; page < pages && (page === 0 || all.next); page++) {
    const { folders, objects, next } = await listObjects(bucket, prefix, all.next, signal);
    all = {
      folders: [...all.folders, ...folders],
      objects: [...all.objects, ...objects],
      ...(next && { next }),
    };
  }
  return all;
}

function Bucket({ bucket, prefix }: { bucket: string; prefix: string }) {
  const { words } = useWords();
  const [pages, setPages] = useState(1);
  const opened = useQuery("object");
  const objects = useLoaded((signal) => listed(bucket, prefix, pages, signal), []);
  const reload = objects.reload;
  const more = () => {
    setPages(pages + 1);
    reload();
  };
  return (
    <View
      title={bucket}
      eyebrow={<Link to={pathOf("buckets")}>{words.view.buckets}</Link>}
      text={objects.value && <Holds bucket={bucket} />}
      actions={
        <button type="button" class="quiet small" onClick={reload}>
          <Glyph name="redo" />
          {words.reload}
        </button>
      }
    >
      {objects.value && <Upload bucket={bucket} prefix={prefix} onUploaded={reload} />}
      <Panel title={words.buckets.objects} beside={<Crumbs bucket={bucket} prefix={prefix} />}>
        <Await loaded={objects}>
          {(listing) => (
            <>
              <Objects bucket={bucket} prefix={prefix} listing={listing} onOpen={(key) => openWithin({ object: key })} />
              {listing.next && <More onMore={more} />}
            </>
          )}
        </Await>
      </Panel>
      {opened && (
        <Opened
          key={opened}
          bucket={bucket}
          name={opened}
          entry={objects.value?.objects.find(({ Key }) => Key === opened)}
          onClose={() => closeWithin("object")}
        />
      )}
    </View>
  );
}

function Crumbs({ bucket, prefix }: { bucket: string; prefix: string }) {
  const { words } = useWords();
  const folders = prefix.split("/").slice(0, -1);
  return (
    <nav class="crumbs" aria-label={words.buckets.where}>
      <Link to={bucketPath(bucket, "")}>{words.buckets.top}</Link>
      {folders.map((folder, at) => (
        <span key={at}>
          {" / "}
          <Link to={bucketPath(bucket, `${folders.slice(0, at + 1).join("/")}/`)}>{folder}</Link>
        </span>
      ))}
    </nav>
  );
}

interface ObjectsProps {
  bucket: string;
  prefix: string;
  listing: Listing;
  onOpen: (key: string) => void;
}

function Objects({ bucket, prefix, listing, onOpen }: ObjectsProps) {
  const { words, locale } = useWords();
  if (listing.folders.length + listing.objects.length === 0) {
    return <Empty>{words.buckets.empty}</Empty>;
  }
  return (
    <Wide label={words.buckets.objects}>
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{words.buckets.name}</th>
            <th scope="col" class="figure">
              {words.buckets.size}
            </th>
            <th scope="col">{words.buckets.changed}</th>
            <th scope="col">
              <span class="unseen">{words.buckets.download}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {listing.folders.map((folder) => (
            <tr key={folder}>
              <th scope="row" class="long" colSpan={4}>
                <Link class="entry" to={bucketPath(bucket, folder)}>
                  <Glyph name="folder" />
                  {folder.slice(prefix.length)}
                </Link>
              </th>
            </tr>
          ))}
          {listing.objects.map((entry) => (
            <tr key={entry.Key}>
              <th scope="row" class="long">
                <button type="button" class="entry" onClick={() => onOpen(entry.Key)}>
                  <Glyph name="file" />
                  {entry.Key.slice(prefix.length) || entry.Key}
                </button>
              </th>
              <td class="figure fixed">{form.bytes(entry.Size, locale)}</td>
              <td class="fixed">
                <Time at={entry.LastModified} />
              </td>
              <td class="figure">
                <a
                  class="bare"
                  href={downloadPath(bucket, entry.Key)}
                  download=""
                  aria-label={words.buckets.downloadOf(entry.Key)}
                >
                  <Glyph name="download" />
                </a>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}

interface OpenedProps {
  bucket: string;
  name: string;
  entry: ObjectEntry | undefined; // undefined if it isn't listed
  onClose: () => void;
}

function Opened({ bucket, name, entry, onClose }: OpenedProps) {
  const { words, locale } = useWords();
  const object = useLoaded((signal) => readObject(bucket, name, signal), []);
  return (
    <Dialog
      title={name}
      wide
      onClose={onClose}
      actions={
        <a class="primary" href={downloadPath(bucket, name)} download="">
          <Glyph name="download" />
          {words.buckets.download}
        </a>
      }
    >
      <Await loaded={object}>
        {({ text, type, whole }) => (
          <>
            <Facts
              rows={[
                [words.buckets.size, entry && form.bytes(entry.Size, locale)],
                [words.buckets.type, type],
                [words.buckets.changed, entry && <TimeAgo at={entry.LastModified} />],
              ]}
            />
            <h3>{words.buckets.content}</h3>
            <Json text={text} label={words.buckets.content} />
            {!whole && (
              <p class="soft small-text">{words.buckets.cut(form.bytes(kOpened, locale))}</p>
            )}
          </>
        )}
      </Await>
    </Dialog>
  );
}

interface Transfer {
  name: string;
  share: number; // 0 to 1
  error?: unknown;
}

const isUnderWay = (transfer: Transfer): boolean =>
  transfer.share < 1 && transfer.error === undefined;

interface UploadProps {
  bucket: string;
  prefix: string;
  onUploaded: () => void;
}

function useTransfers({ bucket, prefix, onUploaded }: UploadProps) {
  const [transfers, setTransfers] = useState<Transfer[]>([]);
  const change = (name: string, changed: Partial<Transfer>) =>
    setTransfers((all) => all.map((each) => (each.name === name ? { ...each, ...changed } : each)));

  async function put(files: readonly File[]) {
    const names = new Set(files.map((file) => file.name));
    setTransfers((all) => [
      ...all.filter((each) => !names.has(each.name)),
      ...files.map(({ name }) => ({ name, share: 0 })),
    ]);
    for (const file of files) {
      const progress = (share: number) => change(file.name, { share: Math.min(share, 0.99) });
      await putObject(bucket, prefix + file.name, file, progress).then(
        () => change(file.name, { share: 1 }),
        (error: unknown) => change(file.name, { error }),
      );
    }
    onUploaded();
  }
  return { transfers, put };
}

function Upload(props: UploadProps) {
  const { bucket, prefix } = props;
  const { words } = useWords();
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const { transfers, put } = useTransfers(props);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void put([...(event.dataTransfer?.files ?? [])]);
  };
  return (
    <section
      class={over ? "drop over" : "drop"}
      aria-label={words.buckets.upload}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={({ currentTarget, relatedTarget }) => {
        // Not for the things within, which are gone over as well.
        if (!currentTarget.contains(relatedTarget as Node | null)) setOver(false);
      }}
      onDrop={drop}
    >
      <Glyph name="upload" />
      <p>
        {words.buckets.dropHere} <code class="long">{`${bucket}/${prefix}`}</code>
      </p>
      <button type="button" class="primary small" onClick={() => input.current?.click()}>
        {words.buckets.choose}
      </button>
      <input
        ref={input}
        class="unseen"
        type="file"
        multiple
        tabIndex={-1}
        aria-label={words.buckets.choose}
        onChange={(event) => {
          void put([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = "";
        }}
      />
      <Transfers transfers={transfers} />
      {transfers.some((transfer) => transfer.share === 1) && <Events />}
    </section>
  );
}

// How far each has come is to be seen; that one has arrived is also said.
function Transfers({ transfers }: { transfers: readonly Transfer[] }) {
  const { words, locale } = useWords();
  return (
    <>
      <ul class="transfers">
        {transfers.map((transfer) => (
          <li key={transfer.name}>
            <span class="long">{transfer.name}</span>
            {isUnderWay(transfer) && <span>{form.percent(transfer.share, locale, 0)}</span>}
            {transfer.share === 1 && (
              <span class="transfer-done">
                <Glyph name="check" /> {words.buckets.uploaded}
              </span>
            )}
            {transfer.error !== undefined && <Trouble error={transfer.error} />}
          </li>
        ))}
      </ul>
      <p class="unseen" role="status">
        {transfers
          .filter((transfer) => transfer.share === 1)
          .map((transfer) => `${transfer.name}: ${words.buckets.uploaded}. `)}
      </p>
    </>
  );
}

// Every object tells the topic, and the topic its queues; there its event can be seen.
function Events() {
  const { words } = useWords();
  const system = useSystem();
  return (
    <p class="drop-events">
      {words.buckets.event}{" "}
      {system.queues
        .filter((queue) => queue.role !== "orders")
        .map((queue, at) => (
          <span key={queue.name}>
            {at > 0 && ", "}
            <Link to={pathOf("queues", queue.name)}>{queue.name}</Link>
          </span>
        ))}
    </p>
  );
}
