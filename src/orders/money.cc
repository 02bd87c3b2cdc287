#include "orders/money.h"

namespace doorbuster::orders {}
