// Posts the response to the client at once; the button does the same without JavaScript.
document.forms[0].submit();
