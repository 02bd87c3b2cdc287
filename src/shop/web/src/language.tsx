// The reader's language: the browser's, or the one that was chosen here before.
import { createContext, type ComponentChildren } from "preact";
import { useContext, useEffect, useMemo, useState } from "preact/hooks";
import { en, type Words } from "./words/en";
import { fr } from "./words/fr";
import { th } from "./words/th";

const kLanguages: readonly Words[] = [en, fr, th];
const kRemembered = "language";

function matching(tag: string | null | undefined): Words | undefined {
  const primary = tag?.toLowerCase().split("-")[0];
  return kLanguages.find((words) => words.tag === primary);
}

// Storage may be refused to a page; then nothing is remembered.
function remembered(): string | null {
  try {
    return localStorage.getItem(kRemembered);
  } catch {
    return null;
  }
}

function remember(tag: string): void {
  try {
    localStorage.setItem(kRemembered, tag);
  } catch {
    // As it was.
  }
}

function initial(): Words {
  for (const tag of [remembered(), ...navigator.languages]) {
    const found = matching(tag);
    if (found) return found;
  }
  return en;
}

// Dates and numbers in the reader's own form ("en-GB", "fr-CA") where it's the same language.
function localeOf(words: Words): string {
  return navigator.languages.find((tag) => matching(tag) === words) ?? words.tag;
}

export interface Language {
  words: Words;
  locale: string;
  choose: (words: Words) => void;
}

const Context = createContext<Language | null>(null);

export function useLanguage(): Language {
  const language = useContext(Context);
  if (!language) throw new Error("outside of <LanguageProvider>");
  return language;
}

export function LanguageProvider({ children }: { children: ComponentChildren }) {
  const [words, setWords] = useState(initial);
  useEffect(() => {
    document.documentElement.lang = words.tag;
  }, [words]);
  const language = useMemo<Language>(() => {
    const choose = (chosen: Words) => {
      remember(chosen.tag);
      setWords(chosen);
    };
    return { words, locale: localeOf(words), choose };
  }, [words]);
  return <Context.Provider value={language}>{children}</Context.Provider>;
}

export function LanguageSwitch() {
  const { words, choose } = useLanguage();
  return (
    <div class="languages" role="group" aria-label={words.language}>
      {kLanguages.map((each) => (
        <button
          key={each.tag}
          type="button"
          lang={each.tag}
          aria-pressed={each === words}
          onClick={() => choose(each)}
        >
          {each.name}
        </button>
      ))}
    </div>
  );
}
