package org.carewire.server;

import static org.carewire.testkit.Json.array;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A visit and a care team of two people, a message in the visit, a call of the two, and what the
 * patient is notified of.
 *
 * @param notification that is read
 * @param planned one that is to be sent later
 */
record Things(
    String visitId,
    String groupId,
    String patientId,
    String providerId,
    String message,
    String callId,
    String notification,
    String planned) {
  List<String> ids() {
    return List.of(visitId, groupId, patientId, providerId, message, callId, notification, planned);
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

  /** Each alone, and both. */
  List<ObjectNode> eachUser() {
    return List.of(
        object("userIds", array(patientId)),
        object("userIds", array(providerId)),
        object("userIds", array(patientId, providerId)));
  }

  List<ObjectNode> eachPlace() {
    List<ObjectNode> requests = eachRoomOrRecipient();
    requests.add(object("visitId", visitId));
    return requests;
  }

  /** Whom to call. */
  List<ObjectNode> eachCallee() {
    List<ObjectNode> requests = eachRoom();
    requests.add(object("recipientId", patientId));
    requests.add(object("recipientId", providerId, "visitId", visitId));
    requests.add(object("participantIds", array(patientId, providerId)));
    requests.forEach(request -> request.put("callType", "audio"));
    return requests;
  }

  List<ObjectNode> theCall() {
    return List.of(object("callId", callId));
  }

  List<ObjectNode> theNotification() {
    return List.of(object("notificationId", notification));
  }

  List<ObjectNode> eachSignal() {
    return Stream.of(patientId, providerId)
        .map(
            user ->
                object("callId", callId, "recipientId", user, "signal", "x", "signalType", "offer"))
        .toList();
  }

  /** The paths that the description of the API has for the method and for certain things. */
  List<String> paths(String method) {
    List<String> paths = new ArrayList<>();
    for (var path : ApiFiles.OPEN_API.get("paths").properties()) {
      if (path.getValue().has(method) && path.getValue().has("parameters")) {
        String parameter = path.getValue().at("/parameters/0/name").asText();
        named(parameter)
            .forEach(
                value ->
                    paths.add(
                        path.getKey()
                            .substring("/api/v1".length())
                            .replace("{" + parameter + "}", value)));
      }
    }
    return paths;
  }

  private List<String> named(String parameter) {
    return switch (parameter) {
      case "visitId" -> List.of(visitId);
      case "groupId" -> List.of(groupId);
      case "userId" -> List.of(patientId, providerId);
      case "roomId" -> messageRooms();
      case "id" -> List.of(planned);
      // Any name is a topic's, and one's devices are one's own.
      case "topic" -> List.of("news");
      case "deviceId" -> List.of();
      default -> throw new AssertionError("Which ones to ask for? " + parameter);
    };
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
