#include "web/server/target.h"

#include <algorithm>

#include "protocol/base/utf8.h"

namespace opora::web {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

enum class Plus : std::uint8_t { kItself, kSpace };

// Percent-decodes; nothing for a bad escape, a control character or what is not UTF-8 in the end.
std::optional<std::string> decode(std::string_view text, Plus plus) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '+' && plus == Plus::kSpace) c = ' ';
    if (c == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_value(text[i + 1]), low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    const auto u = static_cast<unsigned char>(c);
    if (u < 0x20 || u == 0x7F) return std::nullopt;
    out.push_back(c);
  }
  if (!is_utf8(out)) return std::nullopt;
  return out;
}

bool has_dot_segment(std::string_view path) {
  while (!path.empty()) {
    const auto end = std::min(path.find('/', 1), path.size());
    const auto segment = path.substr(1, end - 1);
    if (segment == "." || segment == "..") return true;
    path.remove_prefix(end);
  }
  return false;
}

Result<Query> parse_query(std::string_view text, std::size_t max_params) {
  Query query;
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const auto pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    if (query.size() == max_params) return invalid("", "too many query parameters");
    const auto equals = std::min(pair.find('='), pair.size());
    auto name = decode(pair.substr(0, equals), Plus::kSpace);
    auto value = decode(pair.substr(std::min(equals + 1, pair.size())), Plus::kSpace);
    if (!name || !value) return invalid("", "bad escape or text in the query");
    query.emplace_back(std::move(*name), std::move(*value));
  }
  return query;
}

}  // namespace

Result<Target> parse_target(std::string_view target, std::size_t max_params) {
  if (target.empty() || target.front() != '/')
    return invalid("", "the request target must start with /");
  if (target.find('#') != std::string_view::npos)
    return invalid("", "a fragment in the request target");
  const auto question = std::min(target.find('?'), target.size());
  const auto raw_path = target.substr(0, question);
  auto path = decode(raw_path, Plus::kItself);
  if (!path) return invalid("", "bad escape or text in the path");
  // A slash that appears by decoding, or a backslash, is a segment border to some readers and a
  // letter to others.
  const bool forged = std::count(path->begin(), path->end(), '/') !=
                      std::count(raw_path.begin(), raw_path.end(), '/');
  if (forged || path->find('\\') != std::string::npos)
    return invalid("", "an encoded slash or a backslash in the path");
  if (has_dot_segment(*path)) return invalid("", "a dot segment in the path");
  auto query = parse_query(target.substr(std::min(question + 1, target.size())), max_params);
  if (!query.ok()) return query.error();
  return Target{std::move(*path), std::move(query).value()};
}

}  // namespace opora::web
