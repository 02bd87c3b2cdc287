// Lambda, by its REST protocol of JSON.
import { ask } from "../api";
import { kDoor } from "./protocols";

export interface FunctionConfiguration {
  FunctionName: string;
  FunctionArn: string;
  Role?: string;
  Runtime?: string;
  Handler?: string;
  PackageType?: string;
  CodeSize?: number;
  Timeout?: number;
  MemorySize?: number;
  LastModified?: string;
  State?: string;
  Description?: string;
  Architectures?: string[];
  Environment?: { Variables?: Record<string, string> };
}

const kFunctions = `${kDoor}/2015-03-31/functions/`;
const pathOf = (name: string) => kFunctions + encodeURIComponent(name);

export async function listFunctions(signal?: AbortSignal): Promise<FunctionConfiguration[]> {
  const all: FunctionConfiguration[] = [];
  let marker: string | undefined;
  do {
    const query = marker ? `?Marker=${encodeURIComponent(marker)}` : "";
    const response = await ask(kFunctions + query, signal ? { signal } : {});
    const page = (await response.json()) as {
      Functions: FunctionConfiguration[];
      NextMarker?: string;
    };
    all.push(...page.Functions);
    marker = page.NextMarker;
  } while (marker);
  return all;
}

export async function configurationOf(
  name: string,
  signal?: AbortSignal,
): Promise<FunctionConfiguration> {
  const response = await ask(`${pathOf(name)}/configuration`, signal ? { signal } : {});
  return (await response.json()) as FunctionConfiguration;
}

export interface Invocation {
  payload: string;
  functionError: string; // empty if it succeeded
  log: string; // its end
  ms: number;
}

export async function invoke(name: string, payload: string): Promise<Invocation> {
  const begin = performance.now();
  const response = await ask(`${pathOf(name)}/invocations`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Amz-Log-Type": "Tail" },
    body: payload,
  });
  const tail = response.headers.get("X-Amz-Log-Result") ?? "";
  return {
    payload: await response.text(),
    functionError: response.headers.get("X-Amz-Function-Error") ?? "",
    log: new TextDecoder().decode(Uint8Array.from(atob(tail), (each) => each.charCodeAt(0))),
    ms: performance.now() - begin,
  };
}
