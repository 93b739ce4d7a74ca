// PhoneCheck: whether an Asterisk does what the call queue asks of it, shown on the very PBX: a
// list of scenarios, each done over ARI with channels, bridges and an application of its own, which
// are gone afterwards. The node's application and the callers of the site are not touched, so that
// it may run while they talk. One thread, which waits: kStepMs at the most for each word of the
// PBX.
//
// It needs the context `opora-check` of the example's dialplan: somebody who answers, presses a
// digit and stays; one who is busy, one who does not answer.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "node/telephony/ari/message.h"
#include "node/telephony/ari/settings_file.h"
#include "web/client/http_client.h"
#include "web/client/ws_client.h"

namespace opora::telephony {

// Longer than any PBX of the same building takes.
inline constexpr int kStepMs = 5'000;

struct Checked {
  std::string name;
  std::string said;  // what came of it, or why not
  bool good = false;
};

class PhoneCheck {
 public:
  // `mark`: of this run, in all ids.
  PhoneCheck(ari::Access pbx, std::string mark);

  // All scenarios in order; after one without which the others mean nothing it stops. Each is told
  // when it is through.
  bool run(const std::function<void(const Checked&)>& tell);

 private:
  using Method = web::HttpClient::Method;
  using Found = Result<std::string>;  // what to say of it
  struct Scenario {
    std::string_view name;
    Found (PhoneCheck::*run)();
    bool others_need_it;
  };
  static const std::vector<Scenario>& scenarios();

  Found connects();
  Found subscribes();
  Found beats();
  Found dials();
  Found remembers();
  Found answers_and_plays();
  Found hears_digits();
  Found has_sounds();
  Found has_words();
  Found holds();
  Found bridges();
  Found records();
  Found listens_in();
  Found consults();
  Found transfers();
  Found tells_why();
  Found comes_back();
  Found falls_back();
  Found leaves_nothing();

  Result<std::string> send(Method method, const std::string& target, std::vector<int> wanted,
                           const std::string& body = {});
  static std::string dialling(const std::string& channel, std::string_view endpoint);
  Status dial(const std::string& channel);
  Result<bool> can_play(const std::string& media);
  Found can_play_all(const std::vector<std::string>& sounds);
  Result<std::int64_t> cause_of(const char* whom);
  Status gather(const char* bridge, const char* type, const std::vector<std::string>& channels);
  Status echo();
  // The next event that is meant, also of those that came before and were not asked for.
  Result<ari::Message> await(std::string_view what,
                             const std::function<bool(const ari::Message&)>& is_meant,
                             int within_ms = kStepMs);
  Result<ari::Channel> look(const std::string& channel);
  Result<std::vector<ari::Bridge>> bridges_now();
  std::string id(std::string_view what) const {
    return "opora-check-" + mark_ + "-" + std::string(what);
  }

  const ari::Access access_;
  const std::string mark_;
  web::HttpClient requests_;
  web::WsClient events_;
  std::deque<ari::Message> unasked_;
  int beats_ = 0;
  int plays_ = 0;
};

}  // namespace opora::telephony
