// Between the call queue's events and commands and an Asterisk's channels, bridges and requests.
// Owned by the adapter, one thread; no sockets: it says which requests to send, in order, and is
// told what came back. Ids are known here before a request is sent, for events overtake its answer.
//
// What the plan of calls does not have is here: endpoints of agents, trunks, files of prompts,
// numbers of callers.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "node/telephony/ari/message.h"
#include "node/telephony/ari/names.h"
#include "node/telephony/queue/command.h"
#include "node/telephony/queue/event.h"

namespace opora::telephony::ari {

struct Settings {
  std::string app = "opora";
  std::map<AgentNo, std::string> endpoints;   // "PJSIP/201"
  std::string trunk;                          // "PJSIP/{number}@trunk"
  std::map<std::string, AgentNo> extensions;  // "201": what people dial at their telephones
  std::string region;                         // endpoint of the regional centre's queue
  SiteNo site;                                // ours, as the region hears it
  // Who may say that a call comes over from which other site (T23); a trunk may be several sites'.
  std::set<std::pair<std::string, SiteNo>> sites;
  std::map<std::string, Skills> skills;  // by skill_code
  std::string promise_media;
  std::string fallback_context = "opora-fallback";
  std::map<MenuNo, std::string> menus;  // media: "sound:opora/menu1"; kNotice: that of recording
  std::string closed_media;
  std::string closed_with_offer_media;
  std::string offer_media;
  std::string music = "default";
};

struct Request {
  enum class Method : std::uint8_t { kGet, kPost, kDelete } method = Method::kPost;
  std::string target;  // "/ari/channels/…?…"
  std::string body;    // JSON, or empty
  // Whose failure is an event: a leg that cannot be dialled, a call that is not recorded, a leg
  // that is not there (404).
  std::optional<LegKey> dials;
  std::optional<TapeKey> records{};
  std::optional<LegKey> of{};
  // Does it still run? 404 is an event as well.
  std::optional<TapeKey> checks{};
  // Changes nothing of a call: sent also while the lease does not hold.
  bool is_heartbeat = false;
};
using Requests = std::vector<Request>;
// A caller goes on with the dialplan's fall-back.
Request to_own_queue(const std::string& channel, const std::string& fallback_context);
// To a telephone that has sent a REFER on this channel.
Request transfer_answer(const std::string& channel, bool taken);
// About this channel.
bool concerns(const Request& request, const std::string& channel);

// Is this answer what was wanted? 409 is: it is there already; so is 404 to a DELETE.
bool is_done(const Request& request, int status);

class Translator {
 public:
  // `next_call` gives numbers that were never given before, or none: then a caller goes to the
  // PBX's own queue.
  using NextCall = std::function<std::optional<CallNo>()>;
  Translator(Settings settings, NextCall next_call);
  // Endpoints and sounds for another plan; the application's name stays.
  void set_settings(Settings settings);

  struct Heard {
    std::vector<Event> events;
    Requests requests;      // to be sent before those of the events' commands
    bool replaced = false;  // somebody else hears the events: connect anew
    // After a cut: callers of ours who are in the PBX's own queue by now. What waits to be said of
    // them is not ours to say.
    std::vector<std::string> left{};
  };
  Heard hear(const Message& message);
  Requests ask(const Command& command);
  // A request that was not done; 0: nobody answered.
  std::optional<Event> failed(const Request& request, int status) const;
  // A leg that was dialled and called a failure may ring all the same.
  static Request stop_dialling(LegKey leg);
  // After a cut: what the PBX has; behind it, as new calls, callers who came meanwhile.
  Heard reconcile(const std::vector<Channel>& channels);
  // Behind it: bridges of calls that are over, for nobody else takes them away (trap 6).
  Requests reap(const std::vector<Bridge>& bridges) const;

  // Whom a call dials: known before DialOut, CallBackEntered or a transfer is told.
  void set_number(CallNo call, std::string number);
  std::string caller_of(CallNo call) const;

 private:
  struct Person {
    std::string channel;  // empty: not yet
    std::string number;
    std::set<LegNo> joined;
    bool falls_back = false;
  };
  Heard starts(const Message& message);
  Heard transfers(const Message& message, LegKey leg) const;
  bool takes_place(const Message& message);
  Heard new_call(const Channel& channel, const std::vector<std::string>& args);
  Journey journey_of(const Channel& channel, const std::vector<std::string>& args) const;
  void know_wants(const std::vector<std::string>& args, Arrived& came) const;
  std::string skills_said(Skills skills) const;
  Told told_by(const Channel& channel, const std::vector<std::string>& args) const;
  std::optional<Heard> came_meanwhile(const Channel& channel);
  std::optional<LegKey> find(const std::string& channel) const;
  std::string channel(LegKey leg) const;
  Event ended(LegKey leg, const Message& destroyed) const;
  bool is_elsewhere(const Channel& channel) const;
  AgentNo agent_at(std::string_view endpoint) const;
  void forget(LegKey leg);

  // One a command of the PBX; those to the journal and to screens are no requests.
  Requests on(const Answer& command);
  Requests on(const Ring& command);
  Requests on(const PlayMenu& command);
  Requests on(const PlayClosed& command);
  Requests on(const PlayPromise& command);
  Requests on(const StopPlaying& command);
  Requests on(const Park& command);
  Requests on(const Announce& command);
  Requests on(const Dial& command);
  Requests on(const Join& command);
  Requests on(const JoinConsult& command);
  Requests on(const HoldPerson& command);
  Requests on(const ResumePerson& command);
  Requests on(const Overhear& command);
  Requests on(const HangUpLeg& command);
  Requests on(const AnswerPhone& command);
  Requests on(const StartRecording& command);
  Requests on(const PauseRecording& command);
  Requests on(const ResumeRecording& command);
  Requests on(const StopRecording& command);
  Requests on(const CheckRecording& command);
  Requests on(const FallBack& command);
  Requests on(const Finish& command);
  template <class Told>
  Requests on(const Told&) {
    return {};
  }
  Request play(CallNo call, const std::string& media) const;
  std::string dialled_by(const Dial& command) const;
  Request channel_request(LegKey leg, std::string_view what) const;
  Requests into_bridge(const std::string& bridge, std::string_view type,
                       const std::vector<std::string>& channels) const;
  Requests music(const std::string& bridge) const;
  static Requests without_bridges(CallNo call);
  Requests join(CallNo call);

  Settings settings_;
  const NextCall next_call_;
  std::map<CallNo, Person> persons_;
  std::map<std::string, LegKey> others_;    // channels with ids of the PBX's own
  std::map<LegKey, std::string> replaced_;  // the other way round, without persons
};

}  // namespace opora::telephony::ari
