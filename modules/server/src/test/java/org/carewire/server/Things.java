package org.carewire.server;

import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** A visit and a care team of two people. */
record Things(String visitId, String groupId, String patientId, String providerId) {
  List<String> ids() {
    return List.of(visitId, groupId, patientId, providerId);
  }

  List<String> messageRooms() {
    return List.of("visit:" + visitId, "group:" + groupId, "chat:" + patientId + ":" + providerId);
  }

  List<ObjectNode> eachRoom() {
    List<ObjectNode> requests = new ArrayList<>();
    messageRooms().forEach(room -> requests.add(object("roomId", room)));
    requests.add(object("roomId", "chat:" + providerId + ":" + patientId));
    requests.add(object("roomId", "call:" + visitId));
    requests.add(object("roomId", "notifications:" + patientId));
    return requests;
  }

  List<ObjectNode> eachRoomOrVisit() {
    List<ObjectNode> requests = eachRoom();
    requests.add(object("visitId", visitId));
    return requests;
  }

  List<ObjectNode> eachRoomOrRecipient() {
    List<ObjectNode> requests = eachRoom();
    // Everyone may write to a provider.
    requests.add(object("recipientId", patientId));
    return requests;
  }

  List<ObjectNode> eachPlace() {
    List<ObjectNode> requests = eachRoomOrRecipient();
    requests.add(object("visitId", visitId));
    return requests;
  }

  List<String> readPaths() {
    List<String> paths = new ArrayList<>();
    paths.add("/visits/" + visitId);
    paths.add("/groups/" + groupId);
    messageRooms().forEach(room -> paths.add("/rooms/" + room + "/messages"));
    return paths;
  }

  /** Without what the asker put into the question, and without the time. */
  String anonymous(String text) {
    String anonymous = text;
    for (String id : ids()) {
      anonymous = anonymous.replace(id, "<id>");
    }
    return anonymous.replaceAll("\\d{4}-\\d{2}-\\d{2}T[0-9:.]+Z", "<time>");
  }
}
