#include "node/mail/smtp_relay.h"

#include <cstring>

#include <curl/curl.h>
#include <fmt/format.h>

namespace opora::node {

namespace {

constexpr long kConnectTimeoutMs = 20'000;
// A relay's greeting and answers; who says more says nothing to us.
constexpr std::size_t kMaxReplyBytes = std::size_t{64} << 10;

struct CurlFree {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// What one letter's conversation reads and notes.
struct Talk {
  std::string_view unread;
  SmtpStage stage = SmtpStage::kConnect;
  std::size_t heard = 0;
  const std::atomic<bool>* stopping = nullptr;
};

std::size_t give(char* out, std::size_t size, std::size_t count, void* to) {
  auto& talk = *static_cast<Talk*>(to);
  const std::size_t bytes = std::min(size * count, talk.unread.size());
  std::memcpy(out, talk.unread.data(), bytes);
  talk.unread.remove_prefix(bytes);
  talk.stage = SmtpStage::kBody;
  return bytes;
}

std::size_t hear(char*, std::size_t size, std::size_t count, void* to) {
  auto& talk = *static_cast<Talk*>(to);
  talk.heard += size * count;
  return talk.heard > kMaxReplyBytes ? 0 : size * count;  // 0: curl ends with an error
}

// What was said last tells what an answer is about. Nothing of it is kept: there are addresses and
// the password in it.
int watch(CURL*, curl_infotype what, char* data, std::size_t size, void* to) {
  auto& talk = *static_cast<Talk*>(to);
  if (what != CURLINFO_HEADER_OUT) return 0;
  const std::string_view said(data, size);
  if (said.starts_with("MAIL ")) talk.stage = SmtpStage::kSender;
  if (said.starts_with("RCPT ")) talk.stage = SmtpStage::kRecipient;
  if (said.starts_with("DATA")) talk.stage = SmtpStage::kData;
  return 0;
}

int look_up(void* to, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return *static_cast<Talk*>(to)->stopping ? 1 : 0;
}

class SmtpRelay final : public Relay {
 public:
  SmtpRelay(std::unique_ptr<CURL, CurlFree> handle, const MailSettings& settings,
            const std::string& password)
      : handle_(std::move(handle)), from_(settings.from) {
    set_line(settings);
    CURL* curl = handle_.get();
    if (!settings.user.empty()) {
      curl_easy_setopt(curl, CURLOPT_USERNAME, settings.user.c_str());
      curl_easy_setopt(curl, CURLOPT_PASSWORD, password.c_str());
    }
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, hear);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, hear);
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, watch);
    curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look_up);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  }

  SmtpEnd send(const std::string& to, const std::string& wire) override {
    Talk talk{wire, SmtpStage::kConnect, 0, &stopping_};
    const std::unique_ptr<curl_slist, CurlFree> recipients(
        curl_slist_append(nullptr, ("<" + to + ">").c_str()));
    CURL* curl = handle_.get();
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, ("<" + from_ + ">").c_str());
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
    curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(wire.size()));
    for (const CURLoption data : {CURLOPT_READDATA, CURLOPT_WRITEDATA, CURLOPT_HEADERDATA,
                                  CURLOPT_DEBUGDATA, CURLOPT_XFERINFODATA})
      curl_easy_setopt(curl, data, &talk);
    const CURLcode code = curl_easy_perform(curl);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, nullptr);
    // Whatever state a conversation that failed was left in, the next letter begins a new one.
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, code == CURLE_OK ? 0L : 1L);
    if (code == CURLE_OK) return {SmtpEnd::How::kTaken, talk.stage, 0};
    if (stopping_) return {SmtpEnd::How::kStopped, talk.stage, 0};
    long reply = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply);
    return {SmtpEnd::How::kFailed, talk.stage, broke(code) ? 0 : static_cast<int>(reply)};
  }

  void stop() override { stopping_ = true; }

 private:
  // The number that curl remembers then is of an earlier answer.
  static bool broke(CURLcode code) {
    switch (code) {
      case CURLE_SEND_ERROR:          // MAIL, RCPT or DATA was refused
      case CURLE_WEIRD_SERVER_REPLY:  // the end of the data, or the greeting
      case CURLE_REMOTE_ACCESS_DENIED:
      case CURLE_LOGIN_DENIED: return false;
      default: return true;
    }
  }

  void set_line(const MailSettings& settings) {
    CURL* curl = handle_.get();
    const bool v6 = settings.host.find(':') != std::string::npos;
    const char* const scheme = settings.tls == RelayTls::kFromStart ? "smtps" : "smtp";
    // The path is the name that this side greets with.
    const std::string greeting = settings.from.substr(settings.from.rfind('@') + 1);
    const std::string host = v6 ? "[" + settings.host + "]" : settings.host;
    const std::string url = fmt::format("{}://{}:{}/{}", scheme, host, settings.port, greeting);
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_USE_SSL,
                     settings.tls == RelayTls::kNone ? CURLUSESSL_NONE : CURLUSESSL_ALL);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
    if (!settings.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, settings.ca_file.c_str());
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, kConnectTimeoutMs);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, kLetterTimeoutMs);
  }

  std::unique_ptr<CURL, CurlFree> handle_;
  const std::string from_;
  std::atomic<bool> stopping_{false};
};

}  // namespace

Result<std::unique_ptr<Relay>> connect_relay(const MailSettings& settings) {
  static const CURLcode kGlobal = curl_global_init(CURL_GLOBAL_DEFAULT);
  std::unique_ptr<CURL, CurlFree> handle(curl_easy_init());
  if (kGlobal != CURLE_OK || handle == nullptr)
    return Error{Code::kInternal, "mail-host", "libcurl does not start"};
  std::string password;
  if (!settings.user.empty()) {
    auto read = read_password(settings);
    if (!read.ok()) return read.error();
    password = std::move(*read);
  }
  return std::unique_ptr<Relay>(std::make_unique<SmtpRelay>(std::move(handle), settings, password));
}

}  // namespace opora::node
