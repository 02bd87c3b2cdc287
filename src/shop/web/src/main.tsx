import { render } from "preact";
import "./design/fonts.css";
import "./design/design.css";
import { Frame } from "./design/frame";
import { LanguageProvider } from "./language";
import { usePath } from "./route";
import { OrderForm } from "./shop/order_form";
import { OrderPage } from "./shop/order_page";

function Shop() {
  const id = usePath().match(/^\/orders\/([^/]+)$/)?.[1];
  return id === undefined ? <OrderForm /> : <OrderPage id={decodeURIComponent(id)} />;
}

const page = document.getElementById("page");
if (page) {
  render(
    <LanguageProvider>
      <Frame>
        <Shop />
      </Frame>
    </LanguageProvider>,
    page,
  );
}
