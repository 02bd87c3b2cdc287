// What every page of the shop is set in.
import type { ComponentChildren } from "preact";
import { LanguageSwitch, useLanguage } from "../language";
import { Link } from "../route";
import { Mark } from "./icons";

export function Frame({ children }: { children: ComponentChildren }) {
  const { words } = useLanguage();
  return (
    <>
      <a class="skip" href="#content">
        {words.skip}
      </a>
      <header class="top">
        <Link class="brand" to="/" label={words.shop}>
          <Mark />
          <span>Doorbuster</span>
        </Link>
        <LanguageSwitch />
      </header>
      <main id="content" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}
