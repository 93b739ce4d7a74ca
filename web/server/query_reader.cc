#include "web/server/query_reader.h"

#include <charconv>

#include "protocol/base/utf8.h"
#include "web/server/time_text.h"

namespace opora::web {

void QueryReader::fail(std::string_view name, std::string message) {
  if (!error_) error_ = invalid(std::string(name), std::move(message));
}

std::optional<std::string_view> QueryReader::find(std::string_view name) {
  std::optional<std::string_view> found;
  for (std::size_t i = 0; i < query_.size(); ++i) {
    if (query_[i].first != name) continue;
    if (found) fail(name, "is given twice");
    found = query_[i].second;
    used_[i] = true;
  }
  if (error_ || !found || found->empty()) return std::nullopt;
  return found;
}

std::optional<std::string> QueryReader::line(std::string_view name, LineRule rule) {
  const auto text = find(name);
  if (!text) return std::nullopt;
  const std::size_t chars = code_points(*text);
  if (chars >= rule.min_chars && chars <= rule.max_chars) return std::string(*text);
  fail(name, "must have " + std::to_string(rule.min_chars) + " to " +
                 std::to_string(rule.max_chars) + " characters");
  return std::nullopt;
}

std::optional<std::int64_t> QueryReader::integer(std::string_view name, IntRule rule) {
  const auto text = find(name);
  if (!text) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error == std::errc() && end == text->data() + text->size() && value >= rule.min &&
      value <= rule.max)
    return value;
  fail(name, "must be an integer between " + std::to_string(rule.min) + " and " +
                 std::to_string(rule.max));
  return std::nullopt;
}

std::optional<std::chrono::year_month_day> QueryReader::date(std::string_view name) {
  const auto text = find(name);
  if (!text) return std::nullopt;
  const auto date = date_from_text(*text);
  if (!date) fail(name, "must be a date, YYYY-MM-DD");
  return date;
}

Status QueryReader::finish() {
  for (std::size_t i = 0; i < query_.size(); ++i) {
    if (!used_[i]) fail(query_[i].first, "is not a known parameter");
  }
  if (error_) return *error_;
  return ok_status();
}

}  // namespace opora::web
