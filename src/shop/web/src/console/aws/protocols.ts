// AWS's protocols, as far as the console speaks them.
import { ask, kOurs, kSignedOut, Refusal } from "../api";

export const kDoor = "/console/aws";

// JSON 1.0: SQS and Step Functions.
export async function call<T>(target: string, request: object, signal?: AbortSignal): Promise<T> {
  const response = await ask(`${kDoor}/`, {
    method: "POST",
    headers: { "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": target },
    body: JSON.stringify(request),
    ...(signal && { signal }),
  });
  const text = await response.text();
  return (text === "" ? {} : JSON.parse(text)) as T;
}

export interface Exchange {
  method: "GET" | "PUT";
  path: string;
  type?: XMLHttpRequestResponseType;
  body?: Blob;
  onProgress?: (share: number) => void;
  signal?: AbortSignal | undefined;
}

function refusalOf(request: XMLHttpRequest): Refusal {
  const said = (name: string) =>
    request.responseType === "document"
      ? request.responseXML?.querySelector(name)?.textContent
      : new RegExp(`<${name}>([^<]*)<`).exec(request.responseText)?.[1];
  const message = said("Message") ?? request.statusText;
  return new Refusal(request.status, message, said("Code") ?? "");
}

// S3's REST. An XMLHttpRequest, since it parses XML without DOMParser, which the pages' trusted
// types rule out, and tells how far an upload is.
export function exchange({ method, path, type, body, ...rest }: Exchange): Promise<XMLHttpRequest> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, kDoor + path);
    request.responseType = type ?? "";
    for (const [name, value] of Object.entries(kOurs)) request.setRequestHeader(name, value);
    const { onProgress, signal } = rest;
    if (onProgress) {
      request.upload.onprogress = (event) => onProgress(event.loaded / Math.max(event.total, 1));
    }
    request.onload = () => {
      if (request.status === 401) dispatchEvent(new Event(kSignedOut));
      if (request.status >= 200 && request.status < 300) resolve(request);
      else reject(refusalOf(request));
    };
    request.onerror = () => reject(new Refusal(0, ""));
    signal?.addEventListener("abort", () => request.abort());
    request.send(body ?? null);
  });
}
