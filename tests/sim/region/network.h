// The network between the sites and the hub: connections as TCP gives them. What is sent on a
// connection arrives in order, later, or is lost with the connection; each end learns of a break
// soon, late, or only by silence. In a hostile network, which no TCP can be, single messages are
// also lost, repeated and overtaken.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <set>

#include "protocol/base/bytes.h"
#include "tests/sim/region/sim.h"

namespace opora::sim {

enum class Way : std::uint8_t { kUp, kDown };  // site → hub, hub → site

class Network {
 public:
  using LineId = std::uint64_t;

  // What the ends hear. The hub's are null while it is down, a site's while that is down.
  struct SiteEnd {
    virtual ~SiteEnd() = default;
    virtual void on_connected() = 0;
    virtual void on_disconnected() = 0;
    virtual void on_failed() = 0;
    virtual void on_frame(const Bytes& frame) = 0;
  };
  struct HubEnd {
    virtual ~HubEnd() = default;
    virtual void on_frame(LineId line, SiteNo from, const Bytes& frame) = 0;
  };

  explicit Network(Sim& sim) : sim_(sim) {}

  void attach_hub(HubEnd* hub);
  // A process with its own socket; `who` tells two processes of one site apart.
  void attach_site(SiteNo site, std::uint64_t who, SiteEnd* end);
  void detach_site(std::uint64_t who);

  // A site's socket: tries until it stands or close() is called.
  void dial(std::uint64_t who);
  void close(std::uint64_t who);
  bool send_up(std::uint64_t who, Bytes frame);
  bool send_down(LineId line, Bytes frame);
  // The hub ends every connection.
  void end_all();

  // ---- Faults

  // Breaks the connections of a site. False: none stood.
  bool cut(SiteNo site);
  // Nothing passes this way until then; what is sent waits, as TCP's buffers let it.
  void block(SiteNo site, Way way, std::int64_t until_ms, Felt felt = {});
  // Every message of the site takes up to `delay_ms` for `for_ms`.
  struct Slow {
    std::int64_t delay_ms;
    std::int64_t for_ms;
  };
  void slow(SiteNo site, Slow slow, Felt felt);
  // In percent of the messages; all three at once.
  void set_hostility(std::uint64_t percent, Felt felt = {}) {
    hostility_ = percent;
    hostility_felt_ = std::move(felt);
  }

 private:
  struct Line {
    SiteNo site;
    std::uint64_t who = 0;
    bool broken = false;
    bool site_knows = false;
    bool hub_knows = false;
    std::array<std::int64_t, 2> last_arrival{};
  };
  struct Caller {
    SiteNo site;
    SiteEnd* end = nullptr;
    LineId line = 0;         // 0: none stands
    std::uint64_t dial = 0;  // which attempt is under way; 0: none
  };
  struct Weather {
    std::array<std::int64_t, 2> blocked_until{};
    std::array<Felt, 2> block_felt;
    std::int64_t delay_ms = 2;
    std::int64_t slow_until = 0;
    Felt slow_felt;
  };

  void attempt(std::uint64_t who, std::uint64_t dial);
  void establish(Caller& caller, std::uint64_t who);
  void break_line(LineId id);
  void carry(LineId id, Way way, std::shared_ptr<const Bytes> frame);
  void arrive(LineId id, Way way, const Bytes& frame);
  std::int64_t travel_ms(Line& line, Way way);

  Sim& sim_;
  HubEnd* hub_ = nullptr;
  std::map<std::uint64_t, Caller> callers_;
  std::map<LineId, Line> lines_;
  std::map<SiteNo, Weather> weather_;
  LineId last_line_ = 0;
  std::uint64_t last_dial_ = 0;
  std::uint64_t hostility_ = 0;
  Felt hostility_felt_;
};

}  // namespace opora::sim
