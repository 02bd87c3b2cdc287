// What every page of the shop is set in.
import { render, type ComponentChildren } from "preact";
import "./fonts.css";
import "./design.css";
import { LanguageProvider, LanguageSwitch, useLanguage } from "../language";
import { Link } from "../route";
import { Mark } from "./icons";

function Frame({ children }: { children: ComponentChildren }) {
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

// Puts it into the document.
export function show(content: ComponentChildren): void {
  const page = document.getElementById("page");
  if (!page) return;
  render(
    <LanguageProvider>
      <Frame>{content}</Frame>
    </LanguageProvider>,
    page,
  );
}
