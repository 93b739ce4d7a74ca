// Calls at a real node: this process is the ARI simulator that the node drives, its callers and its
// agents' telephones. It keeps so many calls up while as many come as end, and measures from an
// event that the PBX sends to the first REST request that it leads to, as it arrives here; beside
// it, in turns, an empty request over the same client and server. Its results are a simulator's.
//   bench_calls CALLS AGENTS TURNS
// Prints its port. For each line of its input, the node's process id, whose processor time is
// measured, it fills up to CALLS, plays TURNS and answers with one line of JSON. It ends with its
// input. The node has agents 1001, 1002, … at PJSIP/1001, …, all of them ready, and
// sends line 100 to their queue.
#include <unistd.h>

#include <condition_variable>
#include <cstdio>
#include <deque>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "tests/bench/figures.h"
#include "tests/support/ari_simulator.h"
#include "web/client/http_client.h"

namespace opora::bench {
namespace {

using std::chrono::milliseconds;
using testing::AriSimulator;

// Ten calls come and ten end a second.
constexpr auto kTurn = milliseconds(100);
// While the floor fills up.
constexpr auto kFillTurn = milliseconds(20);
// How long a telephone rings until it is taken.
constexpr auto kRing = milliseconds(200);
// Behind it the node is taken for stuck.
constexpr auto kPatience = std::chrono::seconds(30);
constexpr std::uint64_t kFirstAgent = 1'001;

struct Heard {
  SteadyTime at;
  web::Method method;
  std::string path;
  web::Query query;
};

// "7" of "opora-t-7", "7" of "opora-7-1"; empty: another id.
std::string call_in(std::string_view id, std::string_view prefix) {
  if (!id.starts_with(prefix)) return "";
  id.remove_prefix(prefix.size());
  return std::string(id.substr(0, id.find('-')));
}

// Processor time of all threads of a process.
double cpu_seconds(const std::string& pid) {
  std::ifstream file("/proc/" + pid + "/stat");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto end = text.rfind(')');
  if (end == std::string::npos) give_up("no process " + pid);
  std::istringstream fields(text.substr(end + 1));
  std::vector<std::string> each{std::istream_iterator<std::string>(fields), {}};
  const double ticks = std::stod(each.at(11)) + std::stod(each.at(12));
  return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

// By what the PBX told: a caller came, a telephone was taken, a caller hung up; and by a telephone
// that went and has the next caller.
struct Measured {
  Latencies all, came, taken, hung_up, freed, round_trip;

  void add(Latencies& one, SteadyTime from, SteadyTime to) {
    one.add(from, to);
    all.add(from, to);
  }
  std::string json(double seconds, double cpu) {
    std::string out =
        "{\"seconds\":" + std::to_string(seconds) + ",\"cpu_seconds\":" + std::to_string(cpu);
    const std::pair<const char*, Latencies*> parts[]{
        {"all", &all},         {"came", &came},   {"taken", &taken},
        {"hung_up", &hung_up}, {"freed", &freed}, {"round_trip", &round_trip}};
    for (const auto& [name, each] : parts)
      out += std::string(",\"") + name + "\":" + each->json(seconds);
    return out + "}";
  }
};

class Floor {
 public:
  Floor(std::size_t calls, std::size_t agents) : calls_(calls), agents_(agents) {
    pbx_.watch([this](const web::Request& request) {
      const std::lock_guard lock(mutex_);
      heard_.push_back({steady_now(), request.method, request.path, request.query});
      wake_.notify_all();
    });
    for (std::size_t no = 0; no < agents; ++no)
      pbx_.registers("PJSIP/" + std::to_string(kFirstAgent + no));
    probe_.emplace(web::Remote{"127.0.0.1", pbx_.port(), "opora", "secret"});
  }
  std::uint16_t port() const { return pbx_.port(); }

  void fill() {
    while (came_ < calls_) {
      comes();
      live_until(steady_now() + kFillTurn);
    }
    wait("all telephones to be taken", [&] { return talking_.size() == agents_; });
    wait("all callers to be answered", [&] { return came_at_.empty(); });
  }

  // In each turn, at moments of their own, a caller comes, who has talked longest hangs up, and an
  // empty request goes its way.
  std::string play(std::size_t turns, const std::string& pid) {
    measured_ = {};
    const double cpu = cpu_seconds(pid);
    const SteadyTime began = steady_now();
    for (SteadyTime turn = began; turns > 0; --turns, turn += kTurn) {
      std::multimap<SteadyTime, void (Floor::*)()> plan{{moment_of(turn), &Floor::comes},
                                                        {moment_of(turn), &Floor::hangs_up},
                                                        {moment_of(turn), &Floor::probes}};
      for (const auto& [at, does] : plan) {
        live_until(at);
        (this->*does)();
      }
      live_until(turn + kTurn);
    }
    const double seconds = seconds_between(began, steady_now());
    const double used = cpu_seconds(pid) - cpu;
    wait("what was told to be answered", [&] { return came_at_.empty() && hung_up_at_.empty(); });
    return measured_.json(seconds, used);
  }

 private:
  SteadyTime moment_of(SteadyTime turn) {
    return turn + std::chrono::microseconds(
                      std::uniform_int_distribution<std::int64_t>(0, 99'999)(random_));
  }

  // ---- What the outside does

  void comes() {
    const SteadyTime now = steady_now();
    came_at_[pbx_.comes("100", std::to_string(84'950'000'000 + ++came_))] = now;
  }
  void hangs_up() {
    wait("somebody to talk", [&] { return !talking_.empty(); });
    const std::string call = talking_.front();
    talking_.pop_front();
    hung_up_at_[call] = steady_now();
    pbx_.hangs_up(channels_.at(call));
    channels_.erase(call);
  }
  void probes() {
    const SteadyTime now = steady_now();
    const auto reply = probe_->send(web::HttpClient::Method::kDelete, "/ari/playbacks/nothing");
    if (!reply.ok() || reply->status != 204) give_up("the simulator does not answer");
    measured_.round_trip.add(now, steady_now());
  }
  void take_phones(SteadyTime now) {
    while (!rings_.empty() && rings_.front().first <= now) {
      const std::string call = rings_.front().second;
      rings_.pop_front();
      taken_at_[call] = steady_now();
      pbx_.answers(phones_.at(call));
    }
  }

  // ---- What the node wants

  void take(const Heard& heard) {
    const std::string_view path = heard.path;
    const auto parted = [&](std::string_view prefix) {
      return path.starts_with(prefix) ? path.substr(prefix.size()) : std::string_view();
    };
    if (const auto channel = parted("/ari/channels/"); !channel.empty()) take(heard, channel);
    const std::string call = call_in(parted("/ari/bridges/"), "opora-t-");
    if (call.empty() || heard.method != web::Method::kPost) return;
    if (const auto taken = taken_at_.extract(call); !taken.empty()) {
      measured_.add(measured_.taken, taken.mapped(), heard.at);
      talking_.push_back(call);
    }
  }
  void take(const Heard& heard, std::string_view channel) {
    const std::string call = call_in(channel, "opora-");
    const auto slash = channel.find('/');
    const auto id = std::string(channel.substr(0, slash));
    const auto what = slash == std::string_view::npos ? "" : channel.substr(slash);
    if (what == "/variable")
      channels_[std::string(web::find_query(heard.query, "value").value_or(""))] = id;
    if (what == "/answer")
      if (const auto came = came_at_.extract(id); !came.empty())
        measured_.add(measured_.came, came.mapped(), heard.at);
    if (call.empty() || !what.empty()) return;
    if (heard.method == web::Method::kPost) rings(heard, call);
    else goes(heard, call);
  }
  void rings(const Heard& heard, const std::string& call) {
    const auto phone = std::string(web::find_query(heard.query, "endpoint").value_or(""));
    phones_[call] = phone;
    rings_.emplace_back(heard.at + kRing, call);
    if (const auto freed = freed_at_.extract(phone); !freed.empty())
      measured_.add(measured_.freed, freed.mapped(), heard.at);
  }
  // The simulator tells at once that the channel is gone.
  void goes(const Heard& heard, const std::string& call) {
    if (const auto hung_up = hung_up_at_.extract(call); !hung_up.empty())
      measured_.add(measured_.hung_up, hung_up.mapped(), heard.at);
    if (const auto phone = phones_.extract(call); !phone.empty())
      freed_at_[phone.mapped()] = heard.at;
  }

  // ---- Time

  void live_until(SteadyTime end) {
    for (bool first = true; first || steady_now() < end; first = false) {
      SteadyTime until = end;
      if (!rings_.empty()) until = std::min(until, rings_.front().first);
      for (const Heard& each : next(until)) take(each);
      take_phones(steady_now());
    }
  }
  template <class Holds>
  void wait(const char* what, Holds holds) {
    const SteadyTime end = steady_now() + kPatience;
    while (!holds()) {
      if (steady_now() > end) give_up(std::string("the node lets wait for ") + what);
      live_until(steady_now() + milliseconds(1));
    }
  }
  std::deque<Heard> next(SteadyTime until) {
    std::unique_lock lock(mutex_);
    wake_.wait_until(lock, until, [&] { return !heard_.empty(); });
    return std::exchange(heard_, {});
  }

  const std::size_t calls_;
  const std::size_t agents_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Heard> heard_;

  std::mt19937_64 random_{5};
  std::size_t came_ = 0;
  std::map<std::string, SteadyTime> came_at_;             // by channel: not answered yet
  std::map<std::string, std::string> channels_;           // of callers, by call
  std::map<std::string, std::string> phones_;             // by call
  std::deque<std::pair<SteadyTime, std::string>> rings_;  // when it is taken, by call
  std::map<std::string, SteadyTime> taken_at_;            // by call: no bridge yet
  std::deque<std::string> talking_;                       // who has talked longest first
  std::map<std::string, SteadyTime> hung_up_at_;          // by call: its agent's leg is still there
  std::map<std::string, SteadyTime> freed_at_;            // by telephone
  Measured measured_;
  AriSimulator pbx_;
  std::optional<web::HttpClient> probe_;
};

}  // namespace
}  // namespace opora::bench

int main(int argc, char** argv) {
  using namespace opora::bench;
  if (argc != 4) give_up("bench_calls CALLS AGENTS TURNS");
  const auto calls = number(argv[1], 2);
  const auto agents = number(argv[2], 1);
  const auto turns = number(argv[3], 1);
  if (calls < agents) give_up("fewer calls than agents");
  Floor floor(calls, agents);
  std::cout << floor.port() << std::endl;
  for (std::string pid; std::getline(std::cin, pid);) {
    floor.fill();
    std::cout << floor.play(turns, pid) << std::endl;
  }
}
