import { render } from "preact";
import "../design/fonts.css";
import "../design/design.css";
import "./console.css";
import { LanguageProvider } from "../language";
import { Console } from "./console";
import { ToastProvider } from "./parts/undo";
import { WordsProvider } from "./words";

const page = document.getElementById("page");
if (page) {
  render(
    <LanguageProvider>
      <WordsProvider>
        <ToastProvider>
          <Console />
        </ToastProvider>
      </WordsProvider>
    </LanguageProvider>,
    page,
  );
}
