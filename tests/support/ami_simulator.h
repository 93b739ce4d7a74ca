// A simulator of an Asterisk with queues of its own, as AMI shows it: real TCP on loopback,
// callers, members and telephones that do what the test says. What it says and in which order are
// those recorded on Asterisk 22.10; QueueEntry and CoreShowChannel, of which the recording has
// none, are as the PBX's documentation has them. Nothing of what happened while nobody listened is
// said later. Its results are a simulator's.
//
// Any thread. It stops with its end.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace opora::testing {

class AmiSimulator {
 public:
  AmiSimulator();
  ~AmiSimulator();
  AmiSimulator(const AmiSimulator&) = delete;
  AmiSimulator& operator=(const AmiSimulator&) = delete;
  int port() const { return port_; }

  // Members, by the interface: "PJSIP/201".
  void adds(const std::string& queue, const std::string& member);
  void removes(const std::string& queue, const std::string& member);
  void pauses(const std::string& member, const std::string& reason);
  void resumes(const std::string& member);
  void loses_phone(const std::string& member);

  // A caller, by his Uniqueid.
  std::string comes(const std::string& queue, const std::string& number);
  void rings(const std::string& call, const std::string& member);
  void answers(const std::string& call, const std::string& member);
  void hangs_up(const std::string& call);

  // Faults.
  void cut();
  void deafen();  // connections stay open, and nothing is said

  bool heard();                        // somebody has signed in and asked
  std::vector<std::string> actions();  // "QueueStatus", in order

 private:
  using Fields = std::vector<std::pair<std::string, std::string>>;
  struct Member {
    std::string queue;
    std::string interface;
    std::string pause;  // reason; empty: none
    int status = 1;
  };
  struct Call {
    std::string queue;
    std::string number;
    std::string agent;  // interface; empty: waits
    long since = 0;
  };

  void serve();
  void accept_one();
  void read_one(int fd);
  void act(int fd, const std::string& packet);
  void list_queues(int fd, const std::string& id);
  void list_channels(int fd, const std::string& id);
  void say(const std::string& event, const Fields& fields);
  void write(int fd, const std::string& event, const Fields& fields);
  void say_member(const std::string& event, const Member& member);
  static Fields about(const Member& member);
  Fields about(const std::string& id, const Call& call, const std::string& member) const;

  std::mutex mutex_;
  int listener_ = -1;
  int port_ = 0;
  int wake_[2] = {-1, -1};
  std::map<int, std::string> connections_;  // with what is unread
  std::map<int, bool> signed_in_;
  std::vector<Member> members_;
  std::map<std::string, Call> calls_;
  std::vector<std::string> actions_;
  bool deaf_ = false;
  int came_ = 0;
  std::thread thread_;
};

}  // namespace opora::testing
