#include "web/server/http.h"

#include <algorithm>
#include <array>
#include <atomic>

#include "protocol/base/check.h"
#include "web/server/problem.h"

namespace opora::web {
namespace {

constexpr std::array<std::pair<Method, std::string_view>, 7> kMethods{{
    {Method::kGet, "GET"},
    {Method::kHead, "HEAD"},
    {Method::kPost, "POST"},
    {Method::kPut, "PUT"},
    {Method::kPatch, "PATCH"},
    {Method::kDelete, "DELETE"},
    {Method::kOptions, "OPTIONS"},
}};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool equal_without_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string_view method_name(Method method) {
  for (const auto& [known, name] : kMethods) {
    if (known == method) return name;
  }
  return {};
}

std::optional<Method> method_from(std::string_view name) {
  for (const auto& [method, known] : kMethods) {
    if (known == name) return method;
  }
  return std::nullopt;
}

void Headers::reserve(std::size_t bytes, std::size_t fields) {
  text_.reserve(bytes);
  entries_.reserve(fields);
}

void Headers::add(std::string_view name, std::string_view value) {
  const auto at = static_cast<std::uint32_t>(text_.size());
  const auto name_size = static_cast<std::uint32_t>(name.size());
  text_.append(name).append(value);
  entries_.push_back({at, name_size, at + name_size, static_cast<std::uint32_t>(value.size())});
}

std::pair<std::string_view, std::string_view> Headers::at(std::size_t index) const {
  OPORA_CHECK(index < entries_.size());
  const Entry& e = entries_[index];
  const std::string_view text = text_;
  return {text.substr(e.name, e.name_size), text.substr(e.value, e.value_size)};
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const auto [known, value] = at(i);
    if (equal_without_case(known, name)) return value;
  }
  return std::nullopt;
}

std::size_t Headers::count(std::string_view name) const {
  std::size_t n = 0;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (equal_without_case(at(i).first, name)) ++n;
  }
  return n;
}

bool is_json(const Headers& headers) {
  const auto value = headers.find("Content-Type");
  if (!value || headers.count("Content-Type") > 1) return false;
  return equal_without_case(trimmed(value->substr(0, value->find(';'))), "application/json");
}

std::optional<std::string_view> find_query(const Query& query, std::string_view name) {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

const std::string& PathParams::operator[](std::string_view name) const {
  const auto found = std::find_if(items_.begin(), items_.end(),
                                  [&](const auto& item) { return item.first == name; });
  OPORA_CHECK(found != items_.end());
  return found->second;
}

std::optional<std::string_view> find_cookie(const Request& request, std::string_view name) {
  auto rest = request.headers.find("Cookie").value_or(std::string_view{});
  while (!rest.empty()) {
    const auto end = std::min(rest.find(';'), rest.size());
    const auto pair = trimmed(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == name)
      return pair.substr(equals + 1);
  }
  return std::nullopt;
}

std::optional<std::string_view> find_bearer_token(const Request& request) {
  constexpr std::string_view kScheme = "Bearer ";
  const auto value = request.headers.find("Authorization");
  if (!value || value->size() <= kScheme.size()) return std::nullopt;
  if (!equal_without_case(value->substr(0, kScheme.size()), kScheme)) return std::nullopt;
  return trimmed(value->substr(kScheme.size()));
}

Response json_response(int status, std::string body) {
  Response response;
  response.status = status;
  response.content_type = "application/json";
  response.body = std::move(body);
  return response;
}

Response text_response(int status, std::string_view text) {
  Response response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.body = text;
  return response;
}

Response empty_response(int status) {
  Response response;
  response.status = status;
  return response;
}

struct Respond::State {
  explicit State(std::unique_ptr<ResponseSink> to) : sink(std::move(to)) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (!used.load(std::memory_order_relaxed))
      sink->deliver(problem({Code::kInternal, "", "the request was dropped"}));
  }
  std::unique_ptr<ResponseSink> sink;
  std::atomic<bool> used{false};
};

namespace {

class FunctionSink final : public ResponseSink {
 public:
  explicit FunctionSink(std::function<void(Response)> take) : take_(std::move(take)) {}
  void deliver(Response response) override { take_(std::move(response)); }

 private:
  std::function<void(Response)> take_;
};

}  // namespace

Respond::Respond(std::unique_ptr<ResponseSink> sink)
    : state_(std::make_shared<State>(std::move(sink))) {}

Respond::Respond(std::function<void(Response)> take)
    : Respond(std::make_unique<FunctionSink>(std::move(take))) {}

void Respond::operator()(Response response) const {
  if (!state_->used.exchange(true, std::memory_order_acq_rel))
    state_->sink->deliver(std::move(response));
}

}  // namespace opora::web
