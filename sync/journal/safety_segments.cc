#include "sync/journal/safety_segments.h"

#include <algorithm>

namespace opora::sync {

void SafetySegments::extend(Segment& segment, const OwnCommit& commit) {
  if (commit.head) segment.end = std::max(segment.end, commit.head->end.pos);
  segment.keys_end = std::max(segment.keys_end, commit.keys_end);
}

namespace {

Status scan_one(const Result<Bytes>& file, SiteNo site, const SafetySegments::Visitor& visit) {
  if (!file.ok()) return file.error();
  const auto scan = scan_segment(*file, site, visit);
  return scan.ok() ? ok_status() : Status(scan.error());
}

}  // namespace

Status SafetySegments::open() {
  const auto there = files_->segments();
  if (!there.ok()) return there.error();
  for (const std::uint64_t no : *there) {
    Segment& segment = segments_[no];
    OPORA_TRY(scan_one(files_->read(no), site_, [&segment](const OwnCommit& commit) {
      extend(segment, commit);
      return true;
    }));
    end_ = std::max(end_, segment.end);
  }
  return ok_status();
}

Status SafetySegments::scan(const Visitor& visit) const {
  bool more = true;
  for (const auto& [no, segment] : segments_) {
    OPORA_TRY(scan_one(files_->read(no), site_,
                       [&](const OwnCommit& commit) { return more = visit(commit); }));
    if (!more) break;
  }
  return ok_status();
}

std::optional<OwnHead> SafetySegments::noted_end() const {
  const auto& content = files_->head().content();
  return content ? decode_own_head(*content) : std::nullopt;
}

Result<std::string> SafetySegments::set_aside() {
  SafetyFiles::Numbers all;
  for (const auto& [no, segment] : segments_) all.insert(no);
  auto place = files_->set_aside(all);
  if (!place.ok()) return place;
  segments_.clear();
  end_ = {};
  begun_ = false;
  return place;
}

Status SafetySegments::scan_aside(const std::string& place, const Visitor& visit) const {
  const auto there = files_->segments_aside(place);
  if (!there.ok()) return there.error();
  bool more = true;
  for (const std::uint64_t no : *there) {
    OPORA_TRY(scan_one(files_->read_aside(place, no), site_,
                       [&](const OwnCommit& commit) { return more = visit(commit); }));
    if (!more) break;
  }
  return ok_status();
}

Status SafetySegments::replace(const SafetyCommits& commits) {
  OPORA_TRY(roll());
  const std::uint64_t first = segments_.rbegin()->first;
  Status status = ok_status();
  std::optional<OwnHead> head;
  commits([&](const OwnCommit& commit) {
    status = append(commit);
    if (commit.head) head = commit.head;
    return status.ok();
  });
  if (!status.ok()) return status;
  OPORA_TRY(settle(head.value_or(OwnHead{site_, {}, {}})));
  while (segments_.begin()->first < first) drop_oldest();
  return ok_status();
}

Status SafetySegments::append(const OwnCommit& commit) {
  if (full()) OPORA_TRY(roll());
  OPORA_TRY(write(encode_safety_frame(commit)));
  extend(segments_.rbegin()->second, commit);
  return ok_status();
}

Status SafetySegments::settle(const std::optional<OwnHead>& head) {
  OPORA_TRY(files_->sync());
  return note(head);
}

Status SafetySegments::prune(StreamPos acked, StreamPos keys_acked) {
  const auto confirmed = [&](const Segment& segment) {
    return segment.end <= acked && segment.keys_end <= keys_acked;
  };
  const Segment& last = segments_.rbegin()->second;
  if (confirmed(last) && last.bytes > kIdleSegmentBytes) OPORA_TRY(roll());
  while (segments_.size() > 1 && confirmed(segments_.begin()->second)) drop_oldest();
  return ok_status();
}

// The next segment is begun: nothing more goes into the one before.
Status SafetySegments::roll() {
  if (begun_) OPORA_TRY(files_->sync());
  begun_ = false;
  const std::uint64_t no = segments_.empty() ? 1 : segments_.rbegin()->first + 1;
  OPORA_TRY(files_->begin(no));
  begun_ = true;
  segments_[no] = {};
  OPORA_TRY(write(encode_segment_head(site_)));
  return files_->sync_names();
}

Status SafetySegments::write(std::string_view bytes) {
  segments_.rbegin()->second.bytes += bytes.size();
  return files_->append(bytes);
}

Status SafetySegments::note(const std::optional<OwnHead>& head) {
  if (!head) return ok_status();
  end_ = head->end.pos;
  return files_->head().write(encode_own_head(*head));
}

void SafetySegments::drop_oldest() {
  files_->remove(segments_.begin()->first);
  segments_.erase(segments_.begin());
}

}  // namespace opora::sync
