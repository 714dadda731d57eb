// What `kyhop export` writes is read by a program that is not ours: @automerge/automerge from npm.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'

import * as Automerge from '@automerge/automerge'

const here = import.meta.dirname
const programs = process.env.KYHOP_BIN ?? join(here, '../../target/debug')
const paperFile = join(here, '../../fixtures/papers/ke-hoach-truc-bao.pdf')

const TITLE = 'Phiên họp Ủy ban nhân dân phường tháng 11 năm 2026'
const AGENDA = [
  ['Tình hình kinh tế – xã hội tháng 10 và nhiệm vụ tháng 11', 45],
  ['Hỗ trợ các hộ dân bị ngập trong đợt mưa lũ', 40],
  ['Kế hoạch trực bão', 20],
  ['Việc khác (nếu có)', undefined],
]
const QUESTION = 'Thông qua mức hỗ trợ các hộ dân bị ngập?'

let home
let meeting
let paper
const exported = {}

/** Runs one command of the secretary and reads its JSON. */
function kyhop(...words) {
  const options = ['--profile', join(home, 'profile'), '--passphrase-file', join(home, 'passphrase'), '--json']
  return JSON.parse(execFileSync(join(programs, 'kyhop'), [...options, ...words], { encoding: 'utf8' }))
}

/** Exports a document and gives the file's bytes. */
function exportOf(document, name) {
  const file = join(home, `${name}.automerge`)
  const written = kyhop('export', document, '--meeting', meeting, '--automerge', file)
  const bytes = new Uint8Array(readFileSync(file))
  assert.equal(written.bytes, bytes.length)
  return bytes
}

/** Short texts are scalar strings, which this reader gives as objects of its own. */
const text = (value) => String(value)

/** The entries of a map by where they stand: `at` is "<parent>/<order>", orders are compared as text. */
function inOrder(map) {
  const order = ([, entry]) => text(entry.at).split('/')[1]
  return Object.entries(map).sort((a, b) => (order(a) < order(b) ? -1 : 1))
}

before(() => {
  home = mkdtempSync(join(tmpdir(), 'kyhop-js-'))
  writeFileSync(join(home, 'passphrase'), 'mật khẩu thử nghiệm\n')
  kyhop('init', '--organisation', 'Thành phố Minh Hải', '--unit', 'UBND phường An Bình', '--name', 'Trần Thị Bích')
  const items = AGENDA.flatMap(([title, minutes]) => ['--item', minutes ? `${title}@${minutes}` : title])
  meeting = kyhop('meeting', 'new', '--title', TITLE, '--place', 'Phòng họp số 1', '--starts', '2026-11-23 08:00', ...items).meeting
  exported.first = exportOf('meeting', 'first')
  paper = kyhop('paper', 'add', meeting, paperFile, '--item', '3', '--title', 'Kế hoạch trực bão số 10').paper
  kyhop('annotate', meeting, paper, '--page', '1', '--note', 'Đề nghị nêu rõ nguồn kinh phí', '--at', '72,100', '--shared')
  kyhop('annotate', meeting, paper, '--page', '1', '--note', 'Hỏi lại số liệu', '--at', '72,200')
  kyhop('meeting', 'invite', meeting, 'Trần Thị Bích', 'chair')
  kyhop('meeting', 'check-in', meeting)
  const vote = kyhop('vote', 'open', meeting, '--item', '2', '--question', QUESTION).vote
  kyhop('vote', 'cast', vote, 'against')
  kyhop('vote', 'cast', vote, 'for')
  kyhop('vote', 'close', vote)
  for (const document of ['meeting', 'seat', 'notes']) exported[document] = exportOf(document, document)
})

after(() => rmSync(home, { recursive: true, force: true }))

test('the meeting can be read with its title, its agenda in order and its paper', () => {
  const doc = Automerge.load(exported.meeting)
  assert.equal(Number(doc.v), 1)
  assert.deepEqual([text(doc.info.title), text(doc.info.body), text(doc.info.place)], [TITLE, 'UBND phường An Bình', 'Phòng họp số 1'])
  assert.ok(doc.info.starts_at instanceof Date)
  assert.equal(doc.info.starts_at.toISOString(), '2026-11-23T01:00:00.000Z', '08:00 in Viet Nam')

  const items = inOrder(doc.items)
  assert.deepEqual(items.map(([, item]) => [text(item.title), item.minutes && Number(item.minutes)]), AGENDA.map(([title, minutes]) => [title, minutes]))
  assert.ok(items.every(([id]) => /^[0-9a-f]{32}$/.test(id)))

  const [[id, entry]] = Object.entries(doc.papers)
  assert.equal(id, paper)
  assert.equal(text(entry.title), 'Kế hoạch trực bão số 10')
  assert.equal(text(entry.at).split('/')[0], items[2][0], 'it stands under the third item')
  const [version] = Object.values(entry.versions)
  assert.equal(text(version.file_name), 'ke-hoach-truc-bao.pdf')
  assert.equal(Number(version.size), statSync(paperFile).size)
  assert.deepEqual([version.plain, version.cipher].map((hash) => hash.length), [32, 32])
})

test('the history is there: each change with its author, from the first to the last', () => {
  const doc = Automerge.load(exported.meeting)
  const history = Automerge.getHistory(doc)
  assert.ok(history.length >= 4, `the meeting, a paper, a vote opened and closed: ${history.length}`)
  assert.equal(new Set(history.map(({ change }) => change.actor)).size, 1, 'one device wrote all of it')
  assert.deepEqual(history.map(({ change }) => change.seq), history.map((_, index) => index + 1))
  const begun = history[0].snapshot
  assert.equal(text(begun.info.title), TITLE)
  assert.equal(Object.keys(begun.papers).length, 0, 'the paper came later')
  assert.equal(Object.keys(history.at(-1).snapshot.papers).length, 1)
})

test('an earlier export is the beginning of a later one', () => {
  const [first, later] = [Automerge.load(exported.first), Automerge.load(exported.meeting)]
  assert.deepEqual(inOrder(first.items).map(([, item]) => text(item.title)), AGENDA.map(([title]) => title))
  assert.ok(Automerge.getHistory(first).length < Automerge.getHistory(later).length)
  const heads = Automerge.getHeads(later)
  const merged = Automerge.merge(first, later)
  assert.deepEqual(Automerge.getHeads(merged), heads, 'nothing in the first that the later one lacks')
})

test('the seat has the shared mark and the signed acts, the notes have the private mark', () => {
  const seat = Automerge.load(exported.seat)
  const bytes = (map) => Object.values(map).map((value) => Buffer.from(value))
  const [shared] = bytes(seat.annotations)
  assert.ok(shared.includes('Đề nghị nêu rõ nguồn kinh phí') && !shared.includes('Hỏi lại số liệu'))
  assert.ok(Object.keys(seat.acts).length >= 4, 'check-in, two ballots, an acknowledgement')
  assert.ok(Object.keys(seat.acts).every((key) => /^[0-9a-f]{8}-[0-9a-f]{64}$/.test(key)))

  const notes = Automerge.load(exported.notes)
  const [kept] = bytes(notes.annotations)
  assert.ok(kept.includes('Hỏi lại số liệu') && !kept.includes('nguồn kinh phí'))
  const acts = bytes(Automerge.load(exported.meeting).acts)
  assert.ok(acts.some((act) => act.includes(QUESTION)), 'the question that was voted on')
})

test('a file that was cut is not taken for an empty document', () => {
  const whole = exported.meeting
  for (const part of [0.25, 0.5, 0.75, 0.99]) {
    assert.throws(() => Automerge.load(whole.slice(0, Math.floor(whole.length * part))), `cut to ${part}`)
  }
  const damaged = whole.slice()
  damaged[Math.floor(whole.length / 2)] ^= 1
  assert.throws(() => Automerge.load(damaged))
})
