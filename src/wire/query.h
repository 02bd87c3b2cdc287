// AWS Query: an input as the parameters of a form.
// https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
//
//   structure   Member.Member=…
//   list        Name.member.1=…   flat: Item.1=…
//   map         Name.entry.1.key=…&Name.entry.1.value=…   flat: Item.1.Name=…&Item.1.Value=…
//
// May be called from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "wire/shape.h"

namespace doorbuster::wire {

// Unescaped.
struct Parameter {
  std::string name;
  std::string value;
};

// The parameters of a URL or a form, in the order in which read_query() wants them: members by
// name, items by number. Of those with the same name the first counts. Throws wording.malformed()
// if there are more than 10,000.
class Form {
 public:
  Form(std::string_view query, std::string_view body, const Wording& wording);

  const std::string* find(std::string_view name) const;
  void add(std::string name, std::string value);
  const std::vector<Parameter>& parameters() const { return parameters_; }

 private:
  std::vector<Parameter> parameters_;
};

void read_query(const Shape& shape, const Form& form, void* to, const Wording& wording);

// Appends "&Name=value" for each.
void write_query(const Shape& shape, const void* value, std::string& out);

}  // namespace doorbuster::wire
