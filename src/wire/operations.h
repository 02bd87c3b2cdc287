// The operations that the protocols carry: one table a service.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include "cloud/services.h"
#include "wire/http.h"
#include "wire/shape.h"

namespace doorbuster::wire {

// One request being served, by one protocol.
class Exchange {
 public:
  virtual ~Exchange() = default;
  virtual void read(const Shape& shape, void* input) = 0;
  // `service` is what a stream in the output needs.
  virtual void write(const Shape& shape, void* output, std::shared_ptr<void> service) = 0;
  // What has been written, or the answer of an operation that has no output.
  virtual Response response() = 0;
};

// How an operation looks in REST. With JSON, its address is `path`, with a {Member} for each label;
// S3's is what its members for a bucket and a key say.
struct Rest {
  enum class On : unsigned char { service, bucket, key };

  std::string_view method;
  On on = On::service;
  std::string_view query = {};   // a parameter that must be there: "uploads", "list-type=2"
  std::string_view header = {};  // a header that must be there
  int status = 200;
  std::string_view input = {};   // the element that the input's members stand in
  std::string_view output = {};  // the same of the output's
  bool locates = false;          // the answer says where what it made is
  std::string_view path = {};
};

struct Operation {
  std::string_view name;
  const Shape* input;
  const Shape* output;  // null if it answers nothing
  cloud::Async<void> (*call)(cloud::Services&, const cloud::Caller&, Exchange&);
  Rest rest = {};
};

struct Service {
  std::string_view name;        // in a credential's scope
  std::string_view target;      // before the dot in X-Amz-Target; empty if it speaks no JSON
  std::string_view space;       // of its errors in JSON
  std::string_view version;     // of its Query API
  std::string_view namespace_;  // of its XML
  const Wording* wording;
  std::span<const Operation> operations;

  const Operation* find(std::string_view operation) const;
};

extern const Service sqs_service;
extern const Service sns_service;
extern const Service sts_service;
extern const Service iam_service;
extern const Service s3_service;
extern const Service lambda_service;
extern const Service step_functions_service;
extern const Service cloud_watch_service;

// All of them; null if there is none of that name.
std::span<const Service* const> services();
const Service* find_service(std::string_view name);

template <class T>
std::unique_ptr<T> service_for(cloud::Services& services, const cloud::Caller& caller) {
  if constexpr (std::is_same_v<T, cloud::Sqs>) return services.sqs(caller);
  if constexpr (std::is_same_v<T, cloud::Sns>) return services.sns(caller);
  if constexpr (std::is_same_v<T, cloud::S3>) return services.s3(caller);
  if constexpr (std::is_same_v<T, cloud::Sts>) return services.sts(caller);
  if constexpr (std::is_same_v<T, cloud::Iam>) return services.iam(caller);
  if constexpr (std::is_same_v<T, cloud::Lambda>) return services.lambda(caller);
  if constexpr (std::is_same_v<T, cloud::StepFunctions>) return services.step_functions(caller);
  if constexpr (std::is_same_v<T, cloud::CloudWatch>) return services.cloud_watch(caller);
}

// The row of a member function of one of the cloud's interfaces.
template <auto Method, class Type = decltype(Method)>
struct Bound;

template <auto Method, class T, class Output, class Input>
struct Bound<Method, cloud::Async<Output> (T::*)(Input)> {
  static cloud::Async<void> call(cloud::Services& services, const cloud::Caller& caller,
                                 Exchange& exchange) {
    Input input;
    exchange.read(Reflect<Input>::shape, &input);
    const std::shared_ptr<T> service = service_for<T>(services, caller);
    if constexpr (std::is_void_v<Output>) {
      co_await (service.get()->*Method)(std::move(input));
    } else {
      Output output = co_await (service.get()->*Method)(std::move(input));
      exchange.write(Reflect<Output>::shape, &output, service);
    }
  }

  static constexpr Operation row(std::string_view name, Rest rest = {}) {
    if constexpr (std::is_void_v<Output>) {
      return {name, &Reflect<Input>::shape, nullptr, &call, rest};
    } else {
      return {name, &Reflect<Input>::shape, &Reflect<Output>::shape, &call, rest};
    }
  }
};

}  // namespace doorbuster::wire
