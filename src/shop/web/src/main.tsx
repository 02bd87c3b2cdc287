import { show } from "./design/frame";
import { decoded, usePath } from "./route";
import { NoPage } from "./shop/no_page";
import { OrderForm } from "./shop/order_form";
import { OrderPage } from "./shop/order_page";

function Shop() {
  const path = usePath();
  const id = path.match(/^\/orders\/([^/]+)$/)?.[1];
  if (id !== undefined) return <OrderPage id={decoded(id)} />;
  return ["/", "/index.html"].includes(path) ? <OrderForm /> : <NoPage />;
}

show(<Shop />);
