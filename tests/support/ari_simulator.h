// A simulator of an Asterisk's ARI: real HTTP and WebSocket on loopback, with channels, bridges and
// telephones that do what the test says. What it answers and the order of its events are those
// recorded on Asterisk 22.10 (tests/e2e/ari_recorded_test.py holds it against recorded/); it has
// the traps of ARI that the node has to live with: events before the REST answer, ids that are
// there twice, phones that are not registered, a listener that is replaced and hears nothing, calls
// that go on while nobody listens, channels that nobody cleans up, pick-ups and transfers that
// bring channels with other ids, floods. Calls come by the functions here, or over SIP
// (sip_front.h). Its results are a simulator's.
//
// Any thread. It stops with its end.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "web/server/router.h"
#include "web/server/server.h"
#include "web/server/websocket.h"

namespace opora::testing {

class AriSimulator {
 public:
  AriSimulator();
  ~AriSimulator();
  std::uint16_t port() const { return server_->port(); }

  // The outside: a caller comes in on a line; who he is; what telephones do.
  std::string comes(const std::string& line, const std::string& number);
  // By another PBX's trunk, with what the dialplan has read from its headers.
  struct Headers {
    std::string journey, site, waited, told, priority, skills;
  };
  std::string comes_by(const std::string& trunk, const std::string& line, const std::string& number,
                       const Headers& headers);
  // Whom our dialling rings there, "channel number journey site waited told priority skills" with
  // "-" for what it has not; empty: nobody. What a trunk to another simulator carries.
  std::string leaves_by(const std::string& endpoint);
  std::string fate(const std::string& channel);  // "Ring", "Up", "gone 19"
  void hangs_up(const std::string& channel);
  void presses(const std::string& channel, char digit);
  void registers(const std::string& endpoint);
  // Somebody who answers at once, presses 5 and stays, as the context opora-check of the example's
  // dialplan has him; a prompt that is played to him ends at once.
  void has_somebody_at(const std::string& endpoint);
  // Dialled, it ends at once with this cause.
  void ends_at(const std::string& endpoint, int cause);
  bool rings(const std::string& endpoint);
  void answers(const std::string& endpoint);
  void refuses(const std::string& endpoint, int cause);  // 17 busy, 19 no answer, 21 declined
  void puts_down(const std::string& endpoint);
  // The phone `from` picks up (*8) what rings at the other: its channel has an id of the PBX's own.
  std::string picks_up(const std::string& ringing, const std::string& from);
  // Their buttons: hold; a transfer, to whom. False: the application is not asked.
  void holds(const std::string& endpoint, bool holds);
  enum class Refer : std::uint8_t { kBlind, kAttended };
  bool refers(const std::string& endpoint, const std::string& to, Refer how = Refer::kBlind);
  // What the phone heard of its last transfer: "channel_answered", "channel_declined"; "": nothing.
  std::string transfer_answer(const std::string& endpoint);
  // A call of the PBX that is no business of ours.
  std::string stranger(const std::string& number);

  // Whoever brings callers in is told what becomes of them, in order and under the simulator's
  // lock: it asks nothing of it there.
  enum class Turn : std::uint8_t { kRings, kAnswered, kEnded };
  using Outside = std::function<void(const std::string& channel, Turn turn, int cause)>;
  void tell_outside(Outside outside);

  // Faults.
  void cut();                      // the WebSocket, without a word
  void deafen();                   // it stays open and hears nothing
  void duplicate();                // from now on each event comes twice
  void reorder();                  // from now on events come two by two, turned round
  void fail_next(int requests);    // 500
  void fail_behind(int requests);  // 500, and what was asked for is done
  void fail_next_dial();           // 500, and the phone rings
  void stall();                    // what is asked for is done, and answered later:
  void go_on();                    // now
  // Events of this type to the listener, unless its filter leaves them out; how many.
  int flood(const std::string& type, int events);
  void holds_fast(const std::string& channel);  // its dialplan does not go on: 412
  void cannot(const std::string& part);         // 500 to all whose path has it
  void has_no_sound(const std::string& media);  // whose playback fails
  void forgets_variables();                     // its list of channels has none of them
  void ends_prompts();                          // each at once, from now on
  void breaks_recordings();                     // those that run, and any that is begun from now on
  void ends_recordings();                       // those that run: they were long enough

  // Told of each request as it arrives, before anything is done about it, on the server's thread;
  // it asks nothing of the simulator.
  using Watcher = std::function<void(const web::Request&)>;
  void watch(Watcher watcher);

  // What is.
  std::set<std::string> in_bridge(const std::string& bridge);
  std::string bridge_of(const std::string& channel);
  bool is_there(const std::string& channel);
  bool at_own_queue(const std::string& channel);  // sent back to the dialplan
  bool heard();                                   // a listener is connected
  std::size_t channels();
  std::size_t bridges();
  std::vector<std::string> requests();  // "POST /ari/channels/CH1/answer"
  // "opora-r-7-1 recording", "… paused", "… stored"
  std::vector<std::string> recordings();

 private:
  static constexpr int kNormalClearing = 16;
  struct Channel {
    std::string endpoint;
    std::string state = "Down";
    std::string caller;
    std::string exten;
    std::vector<std::string> args;
    std::string call_id;
    std::string transfers;  // who decides of them; "": the dialplan
    std::string bridge;
    Headers headers;  // of its INVITE
    bool incoming = false;
    bool in_app = false;
    bool left = false;  // dialled by us, and sent on into the dialplan
  };
  // Three seconds of sound, however long it ran: what a test waits for is not what it sounds like.
  struct Recording {
    std::string bridge;
    std::string state = "recording";
  };
  struct Answer {
    int status = 204;
    std::string body{};
    const char* type = "application/json";
  };
  using Handled = Answer (AriSimulator::*)(const web::Request&, const web::PathParams&);

  web::Router routes();
  void route(web::Router& router, web::Method method, const char* pattern, Handled handled);
  void take_listener(const web::WsUpgrade& upgrade);

  Answer list(const web::Request&, const web::PathParams&);
  Answer info(const web::Request&, const web::PathParams&);
  Answer get_variable(const web::Request&, const web::PathParams&);
  Answer list_bridges(const web::Request&, const web::PathParams&);
  Answer dial(const web::Request&, const web::PathParams&);
  Answer hang_up(const web::Request&, const web::PathParams&);
  Answer answer(const web::Request&, const web::PathParams&);
  Answer set_variable(const web::Request&, const web::PathParams&);
  Answer go_on(const web::Request&, const web::PathParams&);
  Answer play(const web::Request&, const web::PathParams&);
  Answer snoop(const web::Request&, const web::PathParams&);
  Answer open_bridge(const web::Request&, const web::PathParams&);
  Answer close_bridge(const web::Request&, const web::PathParams&);
  Answer add_to_bridge(const web::Request&, const web::PathParams&);
  Answer on_bridge(const web::Request&, const web::PathParams&);
  Answer record(const web::Request&, const web::PathParams&);
  Answer live_recording(const web::Request&, const web::PathParams&);
  Answer change_recording(const web::Request&, const web::PathParams&);
  Answer recorded_file(const web::Request&, const web::PathParams&);
  Answer forget_recording(const web::Request&, const web::PathParams&);
  Answer user_event(const web::Request&, const web::PathParams&);
  Answer filter(const web::Request&, const web::PathParams&);
  Answer nothing(const web::Request&, const web::PathParams&);
  Answer ring(const web::Request&, const web::PathParams&);
  Answer transfer_progress(const web::Request&, const web::PathParams&);

  std::string channel_json(const std::string& id) const;
  void tell(const std::string& type, const std::string& channel, const std::string& more = {});
  void send(const std::string& event);
  void pass(const std::string& event);
  void deliver(const std::string& event);
  std::string new_channel(const std::string& endpoint, const std::string& state);
  void tell_start(const std::string& channel);
  void outside(const std::string& channel, Turn turn, int cause = 0) const;
  Answer handle(Handled handled, const web::Request& request, const web::PathParams& params);
  void respond(const web::Respond& respond, web::Response response);
  void pick_up(const std::string& channel);
  void end(const std::string& channel, int cause);
  void tell_recording(const std::string& type, const std::string& name);
  void end_recording(const std::string& name, const char* type);
  std::string ringing_at(const std::string& endpoint) const;
  std::string talking_at(const std::string& endpoint) const;
  void tell_transfer(const std::string& channel, const std::string& more);

  std::mutex mutex_;
  std::map<std::string, Channel> channels_;
  std::map<std::string, std::string> bridges_;  // with their type
  std::set<std::string> endpoints_;
  std::map<std::string, Recording> recordings_;
  bool records_ = true;
  std::set<std::string> somebody_at_;
  bool prompts_end_ = false;
  web::WsSession listener_;
  bool listens_ = false;
  bool deaf_ = false;
  int copies_ = 1;
  int failing_ = 0;
  int failing_behind_ = 0;
  bool failing_dial_ = false;
  bool reorders_ = false;
  std::optional<std::string> held_event_;
  std::set<std::string> disallowed_;
  bool stalls_ = false;
  std::vector<std::function<void()>> late_;
  Outside outside_;
  std::map<std::string, int> gone_;  // who came in and went, with the cause
  std::set<std::string> held_fast_;
  std::set<std::string> cannot_;
  std::set<std::string> missing_sounds_;
  bool forgets_variables_ = false;
  std::map<std::string, int> ends_at_;
  std::map<std::string, std::string> transfer_answers_;  // by endpoint
  int came_ = 0;
  std::vector<std::string> requests_;
  Watcher watcher_;
  std::unique_ptr<web::Server> server_;
};

}  // namespace opora::testing
