/**
 * Notifications: an entry in the log of the user's room and a row in the user's inbox, stored
 * together; what is to be sent later and to the subscribers of topics; pushes to who is not there.
 */
@NullMarked
package org.carewire.notifications;

import org.jspecify.annotations.NullMarked;
