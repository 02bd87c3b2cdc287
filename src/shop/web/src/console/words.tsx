// The console's words are its own, so that the shop's customers don't load them; and of the
// languages, only the reader's is loaded.
import { createContext, type ComponentChildren } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { Reload } from "../design/reload";
import { useLanguage } from "../language";
import type { ConsoleWords } from "../words/console_en";

const kLoaders: Record<string, () => Promise<ConsoleWords>> = {
  en: async () => (await import("../words/console_en")).consoleEn,
  fr: async () => (await import("../words/console_fr")).consoleFr,
  th: async () => (await import("../words/console_th")).consoleTh,
};

interface Spoken {
  words: ConsoleWords;
  locale: string;
}

const Context = createContext<Spoken | null>(null);

export function useWords(): Spoken {
  const spoken = useContext(Context);
  if (!spoken) throw new Error("outside of <WordsProvider>");
  return spoken;
}

// Until a language is there, the one before is spoken; the first time, nothing is said.
export function WordsProvider({ children }: { children: ComponentChildren }) {
  const { words, locale } = useLanguage();
  const [spoken, setSpoken] = useState<Spoken | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let left = false;
    kLoaders[words.tag]?.().then(
      (loaded) => !left && setSpoken({ words: loaded, locale }),
      () => !left && setFailed(true),
    );
    return () => {
      left = true;
    };
  }, [words, locale]);
  if (failed) return <Reload />;
  return spoken && <Context.Provider value={spoken}>{children}</Context.Provider>;
}
