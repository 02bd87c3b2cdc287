// S3, by its REST protocol.
import { ask } from "../api";
import { exchange, kDoor } from "./protocols";

export interface Bucket {
  Name: string;
  CreationDate: string;
}

export interface ObjectEntry {
  Key: string;
  Size: number;
  LastModified: string;
}

export interface Listing {
  folders: string[]; // prefixes, each ending in "/"
  objects: ObjectEntry[];
  next?: string; // goes on from here
}

const kListed = 100; // a page
export const kOpened = 262_144; // bytes of an object that are shown

const pathOf = (bucket: string, key = ""): string =>
  `/${bucket}${key && `/${key.split("/").map(encodeURIComponent).join("/")}`}`;

const textOf = (parent: Element, name: string): string =>
  parent.getElementsByTagName(name)[0]?.textContent ?? "";

async function xml(path: string, signal?: AbortSignal): Promise<Element> {
  const { responseXML } = await exchange({ method: "GET", path, type: "document", signal });
  if (!responseXML) throw new Error(`${path} answered no XML`);
  return responseXML.documentElement;
}

export async function listBuckets(signal?: AbortSignal): Promise<Bucket[]> {
  const answer = await xml("/", signal);
  return Array.from(answer.getElementsByTagName("Bucket"), (each) => ({
    Name: textOf(each, "Name"),
    CreationDate: textOf(each, "CreationDate"),
  }));
}

export async function listObjects(
  bucket: string,
  prefix: string,
  after?: string,
  signal?: AbortSignal,
): Promise<Listing> {
  const query = new URLSearchParams({
    "list-type": "2",
    delimiter: "/",
    prefix,
    "max-keys": String(kListed),
    ...(after && { "continuation-token": after }),
  });
  const answer = await xml(`${pathOf(bucket)}?${query}`, signal);
  const all = (name: string) => Array.from(answer.getElementsByTagName(name));
  const next = textOf(answer, "NextContinuationToken");
  return {
    folders: all("CommonPrefixes").map((each) => textOf(each, "Prefix")),
    objects: all("Contents").map((each) => ({
      Key: textOf(each, "Key"),
      Size: Number(textOf(each, "Size")),
      LastModified: textOf(each, "LastModified"),
    })),
    ...(next && { next }),
  };
}

export async function putObject(
  bucket: string,
  key: string,
  file: File,
  onProgress: (share: number) => void,
): Promise<void> {
  await exchange({ method: "PUT", path: pathOf(bucket, key), body: file, onProgress });
}

// Its beginning, as text.
export async function readObject(
  bucket: string,
  key: string,
  signal?: AbortSignal,
): Promise<{ text: string; type: string; whole: boolean }> {
  const response = await ask(kDoor + pathOf(bucket, key), {
    headers: { Range: `bytes=0-${kOpened - 1}` },
    ...(signal && { signal }),
  }).catch((error: unknown) => {
    if ((error as { status?: number }).status === 416) return new Response(""); // it is empty
    throw error;
  });
  const size = Number(response.headers.get("Content-Range")?.split("/")[1] ?? 0);
  return {
    text: await response.text(),
    type: response.headers.get("Content-Type") ?? "",
    whole: size <= kOpened,
  };
}

export const downloadPath = (bucket: string, key: string): string =>
  `${kDoor}${pathOf(bucket, key)}?response-content-disposition=attachment`;
