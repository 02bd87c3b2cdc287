// The console's conversation with the server.

// What the server refused, with its own sentence, which is English; status 0: it can't be reached.
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly code = "", // AWS's, where AWS's protocols are spoken
  ) {
    super(message);
  }
}

// Sent to the window when the server wants a token first.
export const kSignedOut = "signed-out";

// No other site can send this header without being asked for leave, which the server doesn't give.
export const kOurs: Readonly<Record<string, string>> = { "X-Console": "1" };

interface Complaint {
  error?: unknown;
  message?: string;
  Message?: string;
  __type?: string;
}

async function refusalOf(response: Response): Promise<Refusal> {
  const text = await response.text();
  try {
    const { error, message, Message, __type } = JSON.parse(text) as Complaint;
    const sentence = typeof error === "string" ? error : (message ?? Message);
    return new Refusal(response.status, sentence ?? text, __type?.split("#").at(-1));
  } catch {
    const found = /<Message>([^<]*)</.exec(text)?.[1];
    return new Refusal(response.status, found ?? (text || response.statusText));
  }
}

export async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { ...kOurs, ...(init.headers as Record<string, string> | undefined) };
  const response = await fetch(path, { cache: "no-store", ...init, headers }).catch((error) => {
    throw init.signal?.aborted ? error : new Refusal(0, "");
  });
  if (response.status === 401) dispatchEvent(new Event(kSignedOut));
  if (!response.ok) throw await refusalOf(response);
  return response;
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await ask(`/console/api/${path}`, signal ? { signal } : {});
  return (await response.json()) as T;
}

// The answer is undefined if it has no content.
export async function send<T>(method: "POST" | "DELETE", path: string, body?: object): Promise<T> {
  const response = await ask(`/console/api/${path}`, {
    method,
    ...(body && { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return (text === "" ? undefined : JSON.parse(text)) as T;
}
