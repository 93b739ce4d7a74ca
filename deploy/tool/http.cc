#include "deploy/tool/http.h"

#include <array>
#include <string_view>

#include <curl/curl.h>

#include "protocol/base/password.h"
#include "web/server/json_reader.h"

namespace opora::tool {

namespace {

constexpr long kConnectTimeoutMs = 10'000;  // a hub at the other end of a poor line
constexpr long kRequestTimeoutMs = 60'000;  // an erasure behind a store that is catching up
// The largest answer, a list of 9 999 sites, is half of it.
constexpr std::size_t kMaxAnswerBytes = std::size_t{8} << 20;
constexpr long kMinServerError = 500;

struct CurlFree {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  void operator()(char* text) const { curl_free(text); }
};
using Handle = std::unique_ptr<CURL, CurlFree>;
using Url = std::unique_ptr<CURLU, CurlFree>;
using HeaderList = std::unique_ptr<curl_slist, CurlFree>;

std::string part(CURLU* url, CURLUPart what) {
  char* text = nullptr;
  if (curl_url_get(url, what, &text, 0) != CURLUE_OK) return {};
  const std::unique_ptr<char, CurlFree> owner(text);
  return text;
}

bool is_this_machine(const std::string& host) {
  return host == "localhost" || host == "[::1]" || host.rfind("127.", 0) == 0;
}

// The address without anything after the port.
Result<std::string> check_url(const std::string& text) {
  const Url url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK)
    return invalid("url", "not an address");
  const std::string scheme = part(url.get(), CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") return invalid("url", "http or https");
  const std::string path = part(url.get(), CURLUPART_PATH);
  const bool bare = (path.empty() || path == "/") && part(url.get(), CURLUPART_QUERY).empty() &&
                    part(url.get(), CURLUPART_FRAGMENT).empty() &&
                    part(url.get(), CURLUPART_USER).empty();
  if (!bare) return invalid("url", "only a scheme, a host and a port");
  const std::string host = part(url.get(), CURLUPART_HOST);
  if (scheme == "http" && !is_this_machine(host))
    return invalid("url", "https, except for a daemon on this machine");
  std::string out = text;
  while (!out.empty() && out.back() == '/') out.pop_back();
  return out;
}

std::size_t collect(char* data, std::size_t size, std::size_t count, void* out) {
  auto& body = *static_cast<std::string*>(out);
  if (body.size() + size * count > kMaxAnswerBytes) return 0;  // curl ends with a write error
  body.append(data, size * count);
  return size * count;
}

Code code_from(std::string_view name) {
  constexpr std::array kCodes = {Code::kInvalid,         Code::kNotFound,      Code::kDenied,
                                 Code::kUnauthenticated, Code::kLeaseExpired,  Code::kConflict,
                                 Code::kKeyReused,       Code::kAlreadyIssued, Code::kTooLarge,
                                 Code::kUnsupported,     Code::kNoRoom,        Code::kTooMany,
                                 Code::kUnavailable,     Code::kCorrupt};
  for (const Code code : kCodes) {
    if (name == code_name(code)) return code;
  }
  return Code::kInternal;
}

Error read_problem(long status, const std::string& body) {
  Error error{status >= kMinServerError ? Code::kUnavailable : Code::kInternal, "",
              "the daemon answered " + std::to_string(status)};
  auto document = web::JsonDocument::parse(body);
  if (!document.ok()) return error;
  web::JsonReader in = document->read(web::UnknownFields::kIgnore);
  const auto code = in.optional_line("code", {0, 64});
  const auto path = in.optional_line("path", {0, 256});
  const auto detail = in.optional_text("detail", {0, 4'000});
  if (!in.finish().ok() || !code) return error;
  return Error{code_from(*code), path.value_or(""), detail.value_or(error.message)};
}

}  // namespace

class Api::Connection {
 public:
  static Result<std::unique_ptr<Connection>> open(const Server& server) {
    static const CURLcode kGlobal = curl_global_init(CURL_GLOBAL_DEFAULT);
    auto url = check_url(server.url);
    if (!url.ok()) return url.error();
    std::unique_ptr<Connection> out(new Connection);
    out->url_ = *url;
    out->authorization_ = "Authorization: Bearer " + server.token;
    out->handle_.reset(curl_easy_init());
    if (kGlobal != CURLE_OK || out->handle_ == nullptr)
      return Error{Code::kInternal, "", "libcurl does not start"};
    out->set_options(server);
    return out;
  }

  Result<std::string> request(const std::string& path, const std::string* json) {
    HeaderList headers = make_headers(json);
    std::string body;
    std::array<char, CURL_ERROR_SIZE> reason{};
    CURL* curl = handle_.get();
    curl_easy_setopt(curl, CURLOPT_URL, (url_ + path).c_str());
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason.data());
    if (json == nullptr) {
      curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
    } else {
      curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(json->size()));
      curl_easy_setopt(curl, CURLOPT_COPYPOSTFIELDS, json->c_str());
    }
    const CURLcode code = curl_easy_perform(curl);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, nullptr);
    if (code != CURLE_OK) {
      const char* text = reason.front() != '\0' ? reason.data() : curl_easy_strerror(code);
      return Error{Code::kUnavailable, "", url_ + ": " + text};
    }
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (status < 200 || status > 299) return read_problem(status, body);
    return body;
  }

 private:
  Connection() = default;

  void set_options(const Server& server) {
    CURL* curl = handle_.get();
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, kConnectTimeoutMs);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, kRequestTimeoutMs);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, collect);
    if (!server.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, server.ca_file.c_str());
  }

  HeaderList make_headers(const std::string* json) const {
    curl_slist* list = curl_slist_append(nullptr, authorization_.c_str());
    if (json != nullptr) {
      SystemRandom random;
      list = curl_slist_append(list, "Content-Type: application/json");
      list = curl_slist_append(list, ("Idempotency-Key: " + new_token(random)).c_str());
      list = curl_slist_append(list, "Expect:");  // bodies are small: no round trip before them
    }
    return HeaderList(list);
  }

  std::string url_;
  std::string authorization_;
  Handle handle_;
};

Api::Api(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
Api::Api(Api&&) noexcept = default;
Api& Api::operator=(Api&&) noexcept = default;
Api::~Api() = default;

Result<Api> Api::open(const Server& server) {
  auto connection = Connection::open(server);
  if (!connection.ok()) return connection.error();
  return Api(std::move(*connection));
}

Result<std::string> Api::get(const std::string& path) {
  return connection_->request(path, nullptr);
}

Result<std::string> Api::post(const std::string& path, const std::string& json) {
  return connection_->request(path, &json);
}

}  // namespace opora::tool
