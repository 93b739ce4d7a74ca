// Reads the query of a request like JsonReader reads a body: names the parameter on every error,
// keeps the first one.
//
//   QueryReader in(request.query);
//   filter.limit = in.integer("limit", {.min = 1, .max = 200}).value_or(50);
//   filter.status = in.one_of<Status>("status", kStatusNames);
//   if (auto status = in.finish(); !status.ok()) return respond(problem(status.error()));
//
// A parameter given twice, or one that nobody read, is refused at finish(). An empty value is an
// absent one.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/result.h"
#include "web/server/http.h"
#include "web/server/json_reader.h"

namespace opora::web {

class QueryReader {
 public:
  explicit QueryReader(const Query& query) : query_(query), used_(query.size()) {}

  std::optional<std::string> line(std::string_view name, LineRule rule = {});
  std::optional<std::int64_t> integer(std::string_view name, IntRule rule = {});
  std::optional<std::chrono::year_month_day> date(std::string_view name);
  template <class E>
  std::optional<E> one_of(std::string_view name, std::span<const EnumName<E>> names) {
    const auto text = find(name);
    if (!text) return std::nullopt;
    for (const auto& entry : names) {
      if (entry.name == *text) return entry.value;
    }
    fail(name, "unknown value");
    return std::nullopt;
  }
  void fail(std::string_view name, std::string message);
  Status finish();

 private:
  std::optional<std::string_view> find(std::string_view name);
  const Query& query_;
  std::vector<bool> used_;
  std::optional<Error> error_;
};

}  // namespace opora::web
