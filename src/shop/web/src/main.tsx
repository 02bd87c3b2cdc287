import { show } from "./design/frame";
import { decoded, usePath } from "./route";
import { OrderForm } from "./shop/order_form";
import { OrderPage } from "./shop/order_page";

function Shop() {
  const id = usePath().match(/^\/orders\/([^/]+)$/)?.[1];
  return id === undefined ? <OrderForm /> : <OrderPage id={decoded(id)} />;
}

show(<Shop />);
