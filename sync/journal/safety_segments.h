// SafetySegments: the safety journal as bytes on its device: commits in segments
// (safety_format.h), and a head that says where they end. No thread, no clock; safety_journal.h
// gives it both.
//
// States: read → writing (replace) → failed (an error of append or settle) → writing. What must
// hold: frames follow each other in the order of commits; a commit counts after settle() only; a
// segment goes only when the region has all of it, or when another one with all that counts is
// there.
#pragma once

#include <map>
#include <memory>

#include "sync/journal/safety_files.h"
#include "sync/journal/safety_format.h"

namespace opora::sync {

// A segment is given up as a whole: small enough to go soon, large enough to be few after a week.
inline constexpr std::size_t kSegmentBytes = std::size_t{8} << 20;
// What may stay although the region has it: an idle site begins no segment for less.
inline constexpr std::size_t kIdleSegmentBytes = std::size_t{64} << 10;

// Calls its argument with commits, in their order, until that returns false.
using SafetyCommits = std::function<void(const std::function<bool(const OwnCommit&)>&)>;

class SafetySegments {
 public:
  using Visitor = std::function<bool(const OwnCommit&)>;

  SafetySegments(std::unique_ptr<SafetyFiles> files, SiteNo site)
      : files_(std::move(files)), site_(site) {}
  // Looks at what is there. kCorrupt when it is another site's.
  Status open();

  // What was there at the opening, oldest first. Before replace().
  Status scan(const Visitor& visit) const;
  // Where it ended by its head; to compare with what is in it.
  std::optional<OwnHead> noted_end() const;
  // What was there goes aside, and is never deleted unless the store has it; the name of the place.
  Result<std::string> set_aside();
  std::vector<std::string> asides() const { return files_->asides(); }
  Status scan_aside(const std::string& place, const Visitor& visit) const;
  void remove_aside(const std::string& place) { files_->remove_aside(place); }

  // What `commits` says takes the place of all that is here.
  Status replace(const SafetyCommits& commits);
  // One more commit is written; and lasts.
  Status append(const OwnCommit& commit);
  Status settle(const std::optional<OwnHead>& head);
  // The region has these: segments that hold nothing else go.
  Status prune(StreamPos acked, StreamPos keys_acked);

  StreamPos end() const { return end_; }
  std::size_t count() const { return segments_.size(); }

 private:
  struct Segment {
    StreamPos end;  // highest position in it
    StreamPos keys_end;
    std::uint64_t bytes = 0;
  };
  static void extend(Segment& segment, const OwnCommit& commit);
  Status roll();
  Status write(std::string_view bytes);
  Status note(const std::optional<OwnHead>& head);
  bool full() const { return segments_.rbegin()->second.bytes >= kSegmentBytes; }
  void drop_oldest();

  const std::unique_ptr<SafetyFiles> files_;
  const SiteNo site_;
  std::map<std::uint64_t, Segment> segments_;
  StreamPos end_;
  bool begun_ = false;  // a segment is appended to
};

}  // namespace opora::sync
