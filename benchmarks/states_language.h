// State machines to measure with, in the States Language.
#pragma once

#include <boost/json.hpp>
#include <cstddef>
#include <string>

namespace doorbuster::bench {

// That many Pass states, one after another.
inline boost::json::value pass_chain(int states) {
  boost::json::object all;
  for (int i = 1; i < states; ++i) {
    all["Pass" + std::to_string(i)] = {{"Type", "Pass"}, {"Next", "Pass" + std::to_string(i + 1)}};
  }
  all["Pass" + std::to_string(states)] = {{"Type", "Pass"}, {"End", true}};
  return {{"StartAt", "Pass1"}, {"States", std::move(all)}};
}

// A Map of that many items, each of which passes one Pass state. The mode: inline or distributed.
inline boost::json::value map_over(std::size_t items, const std::string& mode) {
  const bool distributed = mode == "distributed";
  boost::json::object config{{"Mode", distributed ? "DISTRIBUTED" : "INLINE"}};
  if (distributed) config["ExecutionType"] = "STANDARD";
  boost::json::value processor = pass_chain(1);
  processor.as_object()["ProcessorConfig"] = std::move(config);
  boost::json::array numbers;
  for (std::size_t i = 0; i < items; ++i) numbers.emplace_back(i);
  boost::json::value make{{"Type", "Pass"}, {"Result", std::move(numbers)}, {"Next", "Map"}};
  boost::json::value map{{"Type", "Map"}, {"ItemProcessor", std::move(processor)}, {"End", true}};
  boost::json::object states{{"Make", std::move(make)}, {"Map", std::move(map)}};
  return {{"StartAt", "Make"}, {"States", std::move(states)}};
}

inline boost::json::value wait_for_days() {
  constexpr int kDays = 30;
  boost::json::object wait{{"Type", "Wait"}, {"Seconds", kDays * 86'400}, {"End", true}};
  return {{"StartAt", "Wait"}, {"States", {{"Wait", std::move(wait)}}}};
}

}  // namespace doorbuster::bench
